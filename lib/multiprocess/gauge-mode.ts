import { MULTIPROCESS_MODES, type MultiprocessMode } from '../metrics/multiprocess-mode.js';

/** prom-client's process metrics, without their prefix. */
const PROCESS_METRIC =
  /^(process_(cpu|start_time|resident|virtual|heap|open_fds|max_fds)|nodejs_(eventloop|active|heap|external|version|gc))/;

/** A gauge of the library or of prom-client. */
export interface GaugeLike {
  readonly name: string;
  readonly multiprocessMode?: unknown;
}

/**
 * How a gauge's values become one: as its `multiprocessMode` says, which prom-client's gauges keep
 * from their configuration, too. Otherwise `all`, and `liveall` for process metrics, because nobody
 * asks for the memory of a process that has ended.
 *
 * @param processPrefix what precedes the names of process metrics
 */
export function gaugeModeOf(gauge: GaugeLike, processPrefix: string): MultiprocessMode {
  const { name, multiprocessMode } = gauge;
  const mode = MULTIPROCESS_MODES.find((each) => each === multiprocessMode);
  if (mode !== undefined) return mode;
  const isOfProcess =
    name.startsWith(processPrefix) && PROCESS_METRIC.test(name.slice(processPrefix.length));
  return isOfProcess ? 'liveall' : 'all';
}

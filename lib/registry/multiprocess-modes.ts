import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';

const MODE = Symbol('nestjs-prometheus-exporter.multiprocess-mode');

interface MetricWithMode {
  [MODE]?: MultiprocessMode;
}

/** prom-client's process metrics, whatever prefix they were given. */
const PROCESS_METRIC =
  /^(process_(cpu|start_time|resident|virtual|heap|open_fds|max_fds)|nodejs_(eventloop|active|heap|external|version|gc)_?)/;

/**
 * Says how the values that several processes have for a gauge become one.
 *
 * @param metric a gauge of the library, or one of prom-client
 */
export function setMultiprocessMode<M extends object>(metric: M, mode: MultiprocessMode): M {
  (metric as MetricWithMode)[MODE] = mode;
  return metric;
}

/**
 * What `setMultiprocessMode` said; otherwise `all`, and `liveall` for process metrics, because
 * nobody asks for the memory of a process that has ended.
 *
 * @param processPrefix what precedes the names of process metrics
 */
export function multiprocessModeOf(
  metric: { readonly name: string },
  processPrefix: string,
): MultiprocessMode {
  const mode = (metric as MetricWithMode)[MODE];
  if (mode !== undefined) return mode;
  const { name } = metric;
  const isOfProcess =
    name.startsWith(processPrefix) && PROCESS_METRIC.test(name.slice(processPrefix.length));
  return isOfProcess ? 'liveall' : 'all';
}

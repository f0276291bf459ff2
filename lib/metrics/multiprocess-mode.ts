/**
 * How the values that several processes have for one gauge become one sample:
 * - `all`, `liveall`: one sample a process, told apart by the label `pid`
 * - `sum`, `livesum`, `min`, `livemin`, `max`, `livemax`: one sample over the processes
 * - `mostrecent`, `livemostrecent`: the value that was set last
 *
 * The modes with `live` leave out processes that have ended.
 */
export type MultiprocessMode = (typeof MULTIPROCESS_MODES)[number];

export const MULTIPROCESS_MODES = [
  'all',
  'liveall',
  'min',
  'livemin',
  'max',
  'livemax',
  'sum',
  'livesum',
  'mostrecent',
  'livemostrecent',
] as const;

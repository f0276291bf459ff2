import { BUCKETS, COUNT, fixedLabels, METRIC_NAME, withDefault, type Check } from './checks.js';
import { switched, type OptionTable, type Resolved } from './table.js';

/** How the metrics of the process and its runtime are collected; the names are prom-client's. */
export interface ProcessMetricsOptions {
  /** What precedes the names of the metrics. @default none */
  prefix?: string;
  /** Labels of all of them. @default none */
  labels?: Readonly<Record<string, string | number>>;
  /**
   * Upper bounds of the durations of garbage collections, in seconds, ascending.
   *
   * @default [0.001, 0.01, 0.1, 1, 2, 5]
   */
  gcDurationBuckets?: readonly number[];
  /** Milliseconds between two looks at the lag of the event loop. @default 10 */
  eventLoopMonitoringPrecision?: number;
}

const PREFIX: Check<string> = {
  expects: 'a prefix of letters, digits, `_` and `:` that starts with no digit',
  isRight: (value): value is string => value === '' || METRIC_NAME.isRight(value),
};

const PROCESS_METRICS_OPTIONS = {
  prefix: withDefault(PREFIX, ''),
  labels: fixedLabels,
  gcDurationBuckets: withDefault(BUCKETS, [0.001, 0.01, 0.1, 1, 2, 5]),
  eventLoopMonitoringPrecision: withDefault(COUNT, 10),
} satisfies OptionTable<ProcessMetricsOptions>;

/** Option `processMetrics`, checked and complete. */
export type ProcessMetricsSettings = Resolved<typeof PROCESS_METRICS_OPTIONS>;

export const processMetrics = switched(PROCESS_METRICS_OPTIONS, {
  byDefault: true,
  expects: 'true, false, or the options of the process metrics',
});

import type { NamesOf } from './known-names.js';
import type { PrometheusModuleOptions, ProcessMetricsOptions } from './prometheus-options.js';

/** Names of the module's options. */
export const OPTION_NAMES: NamesOf<PrometheusModuleOptions> = {
  path: true,
  useGlobalPrefix: true,
  exportDefaults: true,
  defaultsPrefix: true,
  groupBy: true,
  buckets: true,
  defaultLatencyAsHistogram: true,
  defaultLabels: true,
  excludedPaths: true,
  excludeUserDefaults: true,
  guards: true,
  endpoint: true,
  server: true,
  controller: true,
  registry: true,
  processMetrics: true,
  maxSeries: true,
  multiprocess: true,
  interceptor: true,
  responseConverter: true,
  groupByEndpoint: true,
  staticLabels: true,
};

/** Names of what prom-client's `collectDefaultMetrics` takes, without the registry. */
export const PROCESS_METRICS_NAMES: NamesOf<ProcessMetricsOptions> = {
  prefix: true,
  labels: true,
  gcDurationBuckets: true,
  eventLoopMonitoringPrecision: true,
};

export { MetricsController } from './endpoint/metrics.controller.js';
export type { LabelValue, Labels, MetricContext } from './options/metric-context.js';
export type {
  AnyRegistry,
  ConvertedResponse,
  GroupBy,
  GuardLike,
  ProcessMetricsOptions,
  PrometheusModuleAsyncOptions,
  PrometheusModuleOptions,
  PrometheusOptionsFactory,
} from './options/prometheus-options.js';
export type { DefaultMetricsChanges } from './options/resolve-options.js';
export { NO_PREFIX } from './prometheus.constants.js';
export { PrometheusConfigError } from './prometheus.messages.js';
export { PrometheusModule } from './prometheus.module.js';
export { PrometheusService, type Exposition, type InfoMetric } from './prometheus.service.js';
export type { SampleLabels } from './registry/sample-value.js';

export type { CustomMetric } from './injected/metric-declaration.js';
export { InjectMetric, getMetricToken } from './injected/inject-metric.decorator.js';
export {
  Counter,
  Gauge,
  Histogram,
  Summary,
  type MetricDecorator,
} from './decorators/metric.decorators.js';
export type {
  CounterOptions,
  GaugeOptions,
  HistogramOptions,
  MetricOptions,
  SummaryOptions,
} from './decorators/metric-spec.js';
export { DoNotTrack, ExcludeAllMetrics } from './decorators/opt-out.decorators.js';
export {
  basicAuthGuard,
  bearerTokenGuard,
  type BasicCredentials,
  type CredentialGuard,
} from './endpoint/credential-guards.js';
export { MetricsController } from './endpoint/metrics.controller.js';
export { PrometheusInterceptor } from './decorators/prometheus.interceptor.js';
export type { RunningServer } from './scrape/metrics-server.js';
export type { EndpointOptions } from './options/endpoint-options.js';
export type { LabelValue, Labels, MetricContext } from './options/metric-context.js';
export type { MultiprocessMode } from './metrics/multiprocess-mode.js';
export type { MultiprocessOptions } from './options/multiprocess-options.js';
export type {
  PrometheusModuleAsyncOptions,
  PrometheusOptionsFactory,
} from './options/async-options.js';
export type { DefaultMetricsChanges, GroupBy } from './options/default-metrics-options.js';
export type { GuardLike } from './options/guards.js';
export type { NativeHistogramOptions } from './options/native-histogram-options.js';
export type { OutgoingOptions } from './options/outgoing-options.js';
export type { PageOptions } from './options/page-options.js';
export type { ProcessMetricsOptions } from './options/process-metrics-options.js';
export type {
  AnyRegistry,
  ConvertedResponse,
  ExemplarLabels,
  PrometheusModuleOptions,
} from './options/prometheus-options.js';
export type { PushgatewayOptions } from './options/pushgateway-options.js';
export type {
  Authorize,
  HttpServerOptions,
  MetricsServerOptions,
  TlsOptions,
} from './options/server-options.js';
export { NO_PREFIX } from './core/constants.js';
export { PrometheusConfigError } from './core/errors.js';
export { PrometheusModule } from './prometheus.module.js';
export { PrometheusService, type Exposition, type InfoMetric } from './prometheus.service.js';
export type { SampleLabels } from './registry/sample-value.js';

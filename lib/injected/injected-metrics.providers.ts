import type { FactoryProvider } from '@nestjs/common';
import { ClientMetrics } from '../registry/client-metrics.js';
import { CollectProviders } from './collect-providers.js';
import { boundCollect, clientMetricDefinition, type CustomMetric } from './injected-metric.js';
import { metricToken } from './inject-metric.decorator.js';

/** Providers of prom-client metric objects on the application's registry. */
export function injectedMetricsProviders(metrics: readonly CustomMetric[]): FactoryProvider[] {
  return metrics.map((metric) => ({
    provide: metricToken(metric.name),
    inject: [ClientMetrics, CollectProviders],
    useFactory: (client: ClientMetrics, providers: CollectProviders) =>
      client.use(
        () => clientMetricDefinition(metric),
        boundCollect(metric, providers.request(metric.name, metric.inject ?? [])),
      ),
  }));
}

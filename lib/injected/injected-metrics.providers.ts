import type { FactoryProvider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PrometheusConfigError } from '../core/errors.js';
import { otherVersionsHint } from '../core/versions.js';
import { hasOptions } from '../nest/module-check.js';
import { CLIENT_METRICS, COLLECT_PROVIDERS } from '../core/tokens.js';
import type { ClientMetrics } from '../registry/client-metrics.js';
import type { CollectProviders } from './collect-providers.js';
import { boundCollect, clientMetricDefinition, type CustomMetric } from './injected-metric.js';
import { getMetricToken } from './inject-metric.decorator.js';

/** Providers of prom-client metric objects on the application's registry. */
export function injectedMetricsProviders(metrics: readonly CustomMetric[]): FactoryProvider[] {
  return metrics.map((metric) => ({
    provide: getMetricToken(metric.name),
    inject: [
      { token: CLIENT_METRICS, optional: true },
      { token: COLLECT_PROVIDERS, optional: true },
      ModulesContainer,
    ],
    useFactory: (
      client: ClientMetrics | undefined,
      providers: CollectProviders | undefined,
      modules: ModulesContainer,
    ) => {
      if (client === undefined || providers === undefined) return withoutModule(metric, modules);
      return client.use(
        () => clientMetricDefinition(metric),
        boundCollect(metric, providers.request(metric.name, metric.inject ?? [])),
      );
    },
  }));
}

/**
 * With the module, whatever kept it from being made is told.
 *
 * @throws PrometheusConfigError when the application has none
 */
function withoutModule({ name }: CustomMetric, modules: ModulesContainer): undefined {
  if (hasOptions(modules)) return undefined;
  throw new PrometheusConfigError(
    `Metric "${name}" (forFeature) needs the module: write PrometheusModule.forRoot() in the imports of the root module. A test of a feature module alone imports it beside that module, or overrides the provider getMetricToken('${name}'). ${otherVersionsHint()}`.trimEnd(),
  );
}

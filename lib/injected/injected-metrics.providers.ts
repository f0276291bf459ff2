import type { FactoryProvider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PrometheusConfigError } from '../core/errors.js';
import { otherVersionsHint } from '../core/versions.js';
import { hasOptions } from '../nest/module-check.js';
import { INJECTED_METRICS, COLLECT_PROVIDERS } from '../core/tokens.js';
import type { InjectedMetrics } from './injected-metrics.js';
import type { CollectProviders } from './collect-providers.js';
import { boundCollect, metricDeclaration, type CustomMetric } from './metric-declaration.js';
import { getMetricToken } from './inject-metric.decorator.js';

/** Providers of metric objects on the application's registry. */
export function injectedMetricsProviders(metrics: readonly CustomMetric[]): FactoryProvider[] {
  return metrics.map((metric) => ({
    provide: getMetricToken(metric.name),
    inject: [
      { token: INJECTED_METRICS, optional: true },
      { token: COLLECT_PROVIDERS, optional: true },
      ModulesContainer,
    ],
    useFactory: (
      injectedMetrics: InjectedMetrics | undefined,
      providers: CollectProviders | undefined,
      modules: ModulesContainer,
    ) => {
      if (injectedMetrics === undefined || providers === undefined)
        return withoutModule(metric, modules);
      const injected = injectedMetrics.use(metricDeclaration(metric));
      const collect = boundCollect(metric, providers.request(metric.name, metric.inject ?? []));
      if (collect !== undefined) injectedMetrics.collect(injected, metric.collect, collect);
      return injected;
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

import type { FactoryProvider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PrometheusConfigError } from '../core/errors.js';
import { otherVersionsHint } from '../core/versions.js';
import { hasOptions } from '../nest/module-check.js';
import { INJECTED_METRICS } from '../core/tokens.js';
import type { InjectedMetrics } from './injected-metrics.js';
import type { CustomMetric } from './metric-declaration.js';
import { getMetricToken } from './inject-metric.decorator.js';

/** Providers of metric objects on the application's registry. */
export function injectedMetricsProviders(metrics: readonly CustomMetric[]): FactoryProvider[] {
  return metrics.map((metric) => ({
    provide: getMetricToken(metric.name),
    inject: [{ token: INJECTED_METRICS, optional: true }, ModulesContainer],
    useFactory: (injectedMetrics: InjectedMetrics | undefined, modules: ModulesContainer) =>
      injectedMetrics?.declare(metric) ?? withoutModule(metric, modules),
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

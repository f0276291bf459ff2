import type { Counter, Gauge, Histogram, Summary } from 'prom-client';
import { makeInjected } from '../../lib/injected/injected-metrics.js';
import { metricDeclaration, type CustomMetric } from '../../lib/injected/metric-declaration.js';

interface Classes {
  counter: Counter;
  gauge: Gauge;
  histogram: Histogram;
  summary: Summary;
}

/** What `forFeature()` would inject, on no registry. */
export function injected<T extends CustomMetric>(metric: T): Classes[T['type']] {
  return makeInjected(metricDeclaration(metric)) as unknown as Classes[T['type']];
}

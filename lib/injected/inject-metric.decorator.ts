import { Inject } from '@nestjs/common';

/** The token under which a metric of `PrometheusModule.forFeature()` is provided. */
export function getMetricToken(name: string): string {
  return `nestjs-prometheus-exporter:metric:${name}`;
}

/**
 * Injects a metric object that `PrometheusModule.forFeature()` made.
 *
 * @param name as it was given to `forFeature()`
 * @example
 * constructor(\@InjectMetric('jobs_total') private readonly jobs: Counter<'queue'>) {}
 */
export function InjectMetric(name: string): PropertyDecorator & ParameterDecorator {
  return Inject(getMetricToken(name));
}

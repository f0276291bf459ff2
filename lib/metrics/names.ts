import type { MetricType } from './metric.js';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** @see https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels */
export function isMetricName(name: unknown): name is string {
  return typeof name === 'string' && METRIC_NAME.test(name);
}

/**
 * Whether a user may give a label this name: legal, and not one of those that Prometheus
 * (`__` in front) or the exposition formats (`le`, `quantile`) use themselves.
 */
export function isUserLabelName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    LABEL_NAME.test(name) &&
    !name.startsWith('__') &&
    name !== 'le' &&
    name !== 'quantile'
  );
}

/** Says what `isUserLabelName` asks for. */
export const LABEL_NAME_RULE =
  'a label name of letters, digits and `_` that starts with no digit, not with `__`, and is neither `le` nor `quantile`';

/** The name under which a counter is exposed: with `_total` at its end. */
export function counterName(name: string): string {
  return name.endsWith('_total') ? name : `${name}_total`;
}

const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  summary: ['_sum', '_count', '_created'],
};

/**
 * All names that a metric takes in either exposition format, for itself and for its samples. Two
 * metrics whose names meet cannot stand in one exposition.
 *
 * @see https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md (suffixes)
 */
export function takenNames(name: string, type: MetricType): readonly string[] {
  const family = type === 'counter' ? name.replace(/_total$/, '') : name;
  const names = SUFFIXES[type].map((suffix) => family + suffix);
  return [...new Set([family, name, ...names])];
}

import type { MetricType } from './layout.js';

/** `unknown` is what the text format calls `untyped`. */
export type FamilyType = MetricType | 'unknown';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** @see https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels */
export function isMetricName(name: unknown): name is string {
  return typeof name === 'string' && METRIC_NAME.test(name);
}

/** Whether it can be written as a label name; names that begin with `__` are Prometheus' own. */
export function isLabelName(name: unknown): name is string {
  return typeof name === 'string' && LABEL_NAME.test(name);
}

/**
 * Whether a user may give a label this name: one that can be written, and that the exposition
 * formats (`le`, `quantile`) do not use themselves.
 */
export function isUserLabelName(name: unknown): name is string {
  return isLabelName(name) && name !== 'le' && name !== 'quantile';
}

/** Says what `isUserLabelName` asks for. */
export const LABEL_NAME_RULE =
  'a label name of letters, digits and `_` that starts with no digit, not with `__`, and is neither `le` nor `quantile`';

const TOTAL = '_total';

/** The name under which a counter is exposed: with `_total` at its end. */
export function counterName(name: string): string {
  return name.endsWith(TOTAL) ? name : name + TOTAL;
}

/** The name that OpenMetrics gives a family: that of a counter is without the `_total` of its samples. */
export function openMetricsName(name: string, type: FamilyType): string {
  return type === 'counter' && name.endsWith(TOTAL) ? name.slice(0, -TOTAL.length) : name;
}

/** What follows the name of a metric in the names of its samples. */
const SAMPLES: Readonly<Record<FamilyType, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
  unknown: [''],
};

/** What follows the family's name in OpenMetrics, whether such samples are there or not. */
const RESERVED: Readonly<Record<FamilyType, readonly string[]>> = {
  counter: ['', TOTAL, '_created'],
  gauge: [''],
  histogram: ['', '_bucket', '_sum', '_count', '_created'],
  summary: ['', '_sum', '_count', '_created'],
  unknown: [''],
};

/** Names of the samples that a family of this name and type can have. */
export function sampleNamesOf(name: string, type: FamilyType): string[] {
  return SAMPLES[type].map((suffix) => name + suffix);
}

/**
 * Names that an OpenMetrics parser keeps for a family.
 *
 * @see https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md (suffixes)
 */
export function openMetricsNames(name: string, type: FamilyType): string[] {
  const family = openMetricsName(name, type);
  return RESERVED[type].map((suffix) => family + suffix);
}

/**
 * All names that a metric takes in any exposition format, for itself and for its samples. Two
 * metrics whose names meet cannot stand in one exposition.
 */
export function takenNames(name: string, type: MetricType): readonly string[] {
  return [...new Set([name, ...openMetricsNames(name, type)])];
}

/** @see https://prometheus.io/docs/practices/naming/#base-units */
const BASE_UNIT = /_(seconds|bytes|ratio|celsius|meters|volts|amperes|joules|grams)$/;

/** The base unit at the end of a family's name, before the `_total` of a counter; `''` for none. */
export function unitOf(name: string, type: FamilyType): string {
  return BASE_UNIT.exec(openMetricsName(name, type))?.[1] ?? '';
}

/** The label that tells the samples of one label set apart, which no other label may replace. */
export function boundLabelOf(type: FamilyType): 'le' | 'quantile' | undefined {
  if (type === 'histogram') return 'le';
  return type === 'summary' ? 'quantile' : undefined;
}

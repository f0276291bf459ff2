import { isMetricName, isUserLabelName, LABEL_NAME_RULE } from '../metrics/names.js';
import type { Labels } from '../options/metric-context.js';
import { checkedMetricNames, type NamesOf } from '../options/known-names.js';
import { MULTIPROCESS_MODES, type MultiprocessMode } from '../metrics/multiprocess-mode.js';
import { PrometheusConfigError } from '../core/errors.js';

/** Options that all metric decorators take. */
export interface MetricOptions {
  /** Label names and their values. @default none */
  labels?: Labels;
  /**
   * Whether a metric without labels, or with fixed ones only, is exported as 0 before its first
   * call. @default true
   */
  initialValue?: boolean;
  /** Label sets kept, those of the overflow included. @default the module's `maxSeries` */
  maxSeries?: number;
}

/** Options of `@Counter()`. */
export type CounterOptions = MetricOptions;

/** Options of `@Gauge()`. */
export interface GaugeOptions extends MetricOptions {
  /** How the values of several processes become one. @default 'livesum' */
  multiprocessMode?: MultiprocessMode;
}

/** Options of `@Histogram()`. */
export interface HistogramOptions extends MetricOptions {
  /** Upper bounds in seconds, ascending. @default those of the default duration histogram */
  buckets?: readonly number[];
}

/** Options of `@Summary()`. */
export interface SummaryOptions extends MetricOptions {
  /** Quantiles between 0 and 1. @default none: `_sum` and `_count` alone */
  percentiles?: readonly number[];
  /** Seconds for which a call counts for the quantiles. @default all calls count */
  maxAgeSeconds?: number;
  /** Steps in which old calls are forgotten. @default 5 */
  ageBuckets?: number;
}

/** What a metric decorator stands for. Its identity is that of the decorator. */
export type MetricSpec = { readonly name: string; readonly help: string } & (
  | { readonly type: 'counter'; readonly options: Readonly<CounterOptions> }
  | { readonly type: 'gauge'; readonly options: Readonly<GaugeOptions> }
  | { readonly type: 'histogram'; readonly options: Readonly<HistogramOptions> }
  | { readonly type: 'summary'; readonly options: Readonly<SummaryOptions> }
);

const COMMON: NamesOf<MetricOptions> = { labels: true, initialValue: true, maxSeries: true };

const NAMES: {
  readonly counter: NamesOf<CounterOptions>;
  readonly gauge: NamesOf<GaugeOptions>;
  readonly histogram: NamesOf<HistogramOptions>;
  readonly summary: NamesOf<SummaryOptions>;
} = {
  counter: COMMON,
  gauge: { ...COMMON, multiprocessMode: true },
  histogram: { ...COMMON, buckets: true },
  summary: { ...COMMON, percentiles: true, maxAgeSeconds: true, ageBuckets: true },
};

/** @throws PrometheusConfigError that names the metric, what is expected, and what was given */
export function checkSpec({ name, help, ...spec }: MetricSpec): void {
  const check = (isRight: boolean, expected: string, got: unknown): void => {
    if (!isRight) throw PrometheusConfigError.metric(String(name), expected, got);
  };
  check(
    isMetricName(name),
    'a name of letters, digits, `_` and `:` that starts with no digit',
    name,
  );
  check(typeof help === 'string' && help !== '', 'a help text', help);
  checkedMetricNames(name, spec.options, NAMES[spec.type]);
  const { labels = {}, maxSeries, initialValue } = spec.options;
  for (const [label, value] of Object.entries(labels)) {
    check(isUserLabelName(label), LABEL_NAME_RULE, label);
    const isValue = ['string', 'number', 'boolean', 'function'].includes(typeof value);
    check(isValue, `a string, number, boolean or function for label "${label}"`, value);
  }
  check(isOptional(maxSeries, isPositiveInteger), '`maxSeries` of at least 1', maxSeries);
  check(isOptional(initialValue, isBoolean), '`initialValue` true or false', initialValue);
  switch (spec.type) {
    case 'gauge': {
      const mode = spec.options.multiprocessMode;
      const isMode = isOptional(mode, (value) => MULTIPROCESS_MODES.includes(value));
      check(isMode, `\`multiprocessMode\` one of ${MULTIPROCESS_MODES.join(', ')}`, mode);
      break;
    }
    case 'histogram': {
      const { buckets } = spec.options;
      check(
        isOptional(buckets, isAscending),
        '`buckets` finite, ascending, without repeats',
        buckets,
      );
      break;
    }
    case 'summary': {
      const { percentiles, maxAgeSeconds, ageBuckets } = spec.options;
      const arePercentiles = isOptional(percentiles, (list) => isAscending(list) && inUnit(list));
      check(arePercentiles, '`percentiles` between 0 and 1, ascending', percentiles);
      check(isOptional(maxAgeSeconds, isPositive), '`maxAgeSeconds` above 0', maxAgeSeconds);
      check(isOptional(ageBuckets, isPositiveInteger), '`ageBuckets` of at least 1', ageBuckets);
    }
  }
}

function isOptional<T>(value: T | undefined, isRight: (value: T) => boolean): boolean {
  return value === undefined || isRight(value);
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value < Infinity;
}

function isPositiveInteger(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0;
}

function isAscending(list: readonly number[]): boolean {
  return (
    Array.isArray(list) &&
    list.length > 0 &&
    list.every((value, i) => Number.isFinite(value) && (i === 0 || value > list[i - 1]))
  );
}

function inUnit(list: readonly number[]): boolean {
  return list.every((value) => value >= 0 && value <= 1);
}

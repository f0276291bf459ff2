import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
import { BOOLEAN, HELP, labels, METRIC_NAME, required, withDefault } from '../options/checks.js';
import type { Labels } from '../options/metric-context.js';
import {
  METRIC_OPTIONS,
  type CounterSettings,
  type GaugeSettings,
  type HistogramSettings,
  type SummarySettings,
} from '../options/metric-options.js';
import { metricPlace } from '../options/place.js';
import { resolveTable, type OptionTable, type Resolved } from '../options/table.js';

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
export interface CounterOptions extends MetricOptions, CounterSettings {}

/** Options of `@Gauge()`. */
export interface GaugeOptions extends MetricOptions, GaugeSettings {
  /** How the values of several processes become one. @default 'livesum' */
  multiprocessMode?: MultiprocessMode;
}

/** Options of `@Histogram()`. */
export interface HistogramOptions extends MetricOptions, HistogramSettings {
  /** Upper bounds in seconds, ascending. @default option `buckets` of the module */
  buckets?: readonly number[];
}

/** Options of `@Summary()`. */
export interface SummaryOptions extends MetricOptions, SummarySettings {
  /** Quantiles between 0 and 1, ascending. @default none: `_sum` and `_count` alone */
  percentiles?: readonly number[];
}

const COMMON = {
  labels,
  initialValue: withDefault(BOOLEAN, true),
} satisfies Partial<OptionTable<MetricOptions>>;

/** Names, checks and defaults of the options of each decorator. */
const OPTIONS = {
  counter: { ...COMMON, ...METRIC_OPTIONS.counter } satisfies OptionTable<CounterOptions>,
  gauge: { ...COMMON, ...METRIC_OPTIONS.gauge } satisfies OptionTable<GaugeOptions>,
  histogram: { ...COMMON, ...METRIC_OPTIONS.histogram } satisfies OptionTable<HistogramOptions>,
  summary: { ...COMMON, ...METRIC_OPTIONS.summary } satisfies OptionTable<SummaryOptions>,
};

/** What a metric decorator of one type stands for. Its identity is that of the decorator. */
export interface SpecOf<T extends keyof typeof OPTIONS> {
  readonly type: T;
  readonly name: string;
  readonly help: string;
  readonly options: Resolved<(typeof OPTIONS)[T]>;
}

export type MetricSpec = { [T in keyof typeof OPTIONS]: SpecOf<T> }[keyof typeof OPTIONS];

/**
 * Checks and copies what a decorator is made with.
 *
 * @throws PrometheusConfigError that names the metric, what is expected, and what was given
 */
export function metricSpec(
  type: MetricSpec['type'],
  name: string,
  help: string,
  options: unknown,
): MetricSpec {
  const place = metricPlace(name);
  return Object.freeze({
    type,
    name: required(METRIC_NAME)(name, place.of('name')),
    help: required(HELP)(help, place.of('help')),
    options: resolveTable(OPTIONS[type], options, place),
  }) as MetricSpec;
}

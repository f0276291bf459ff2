import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
import { BUCKETS, COUNT, MULTIPROCESS_MODE, optional, PERCENTILES, POSITIVE } from './checks.js';
import { native, type NativeHistogramOptions } from './native-histogram-options.js';
import type { OptionTable } from './table.js';

/** What a counter can be declared with, wherever it is declared. */
export interface CounterSettings {
  /** Label sets kept, those of the overflow included. */
  maxSeries?: number;
}

/** What a gauge can be declared with. */
export interface GaugeSettings extends CounterSettings {
  /** How the values of several processes become one. */
  multiprocessMode?: MultiprocessMode;
}

/** What a histogram can be declared with. */
export interface HistogramSettings extends CounterSettings {
  /** Upper bounds, ascending. */
  buckets?: readonly number[];
  /** Whether, and how, it counts in exponential buckets as well. @default as `nativeHistograms` */
  native?: boolean | NativeHistogramOptions;
}

/** What a summary can be declared with. */
export interface SummarySettings extends CounterSettings {
  /** Quantiles between 0 and 1, ascending. */
  percentiles?: readonly number[];
  /** Seconds for which an observation counts for the quantiles. @default for ever */
  maxAgeSeconds?: number;
  /** Steps in which old observations are forgotten. @default 5 */
  ageBuckets?: number;
}

const COUNTER = { maxSeries: optional(COUNT) } satisfies OptionTable<CounterSettings>;

/** Names and checks of what decorators and `forFeature()` take alike, by type. */
export const METRIC_OPTIONS = {
  counter: COUNTER,
  gauge: {
    ...COUNTER,
    multiprocessMode: optional(MULTIPROCESS_MODE),
  } satisfies OptionTable<GaugeSettings>,
  histogram: {
    ...COUNTER,
    buckets: optional(BUCKETS),
    native,
  } satisfies OptionTable<HistogramSettings>,
  summary: {
    ...COUNTER,
    percentiles: optional(PERCENTILES),
    maxAgeSeconds: optional(POSITIVE),
    ageBuckets: optional(COUNT),
  } satisfies OptionTable<SummarySettings>,
};

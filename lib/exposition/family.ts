import type { BlockList } from '../metrics/block-list.js';
import type { Exemplar } from '../metrics/exemplars.js';
import type { MetricType, NativeLayout } from '../metrics/layout.js';
import type { Sign } from '../metrics/native-buckets.js';

/** One label set of a {@link SeriesFamily} and its numbers. */
export interface SeriesView {
  /** The label set as an exposition has it, escaped and without braces; `''` for no labels. */
  readonly labelText: string;
  /** The values of the family's `labelNames`; `''` for a label that is not set. */
  readonly labelValues: readonly string[];
  /** Holds the numbers, from `offset`, as `metrics/layout.ts` has them. */
  readonly values: Float64Array;
  readonly offset: number;
  /** When it was made or reset, in milliseconds since the epoch. @default not known */
  readonly createdAt?: number;
  /** Of each bucket, or of a counter's value, with gaps. @default none */
  readonly exemplars?: readonly (Exemplar | undefined)[] | undefined;
  /** The schema of its exponential buckets; present where the family has any. */
  readonly schema?: number;
  /** Lists the blocks that have its exponential buckets of one sign. */
  listBlocks?(sign: Sign, list: BlockList): void;
  /** Gives the values at the family's `percentiles`; without it a summary has none. */
  readonly sketch?: { quantiles(quantiles: readonly number[]): readonly number[] } | undefined;
}

/** What is known of the series of a {@link SeriesFamily}: an array, or what makes them on demand. */
export interface SeriesViews {
  /** May grow while the series are being rendered. */
  readonly length: number;
  /** `undefined` where there is none, as past the end. */
  at(index: number): SeriesView | undefined;
}

/**
 * A metric with its series in the layout of the series store, whose names and label names are known
 * to be legal and whose label sets are known to be distinct. This is the fast path: nothing is
 * checked per sample and nothing is copied. Every metric of the store is one, and so can be the
 * merged series of several processes.
 */
export interface SeriesFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  readonly series: SeriesViews;
  /** Upper bounds of a histogram, ascending, without `+Inf`. */
  readonly bounds?: ArrayLike<number> | undefined;
  /** Present when a histogram has exponential buckets. */
  readonly native?: NativeLayout | undefined;
  /** Quantiles of a summary, between 0 and 1. @default none */
  readonly percentiles?: readonly number[] | undefined;
}

/** One sample of a {@link SampleFamily}, as a prom-client metric gives it. Nothing is trusted. */
export interface ClientSample {
  /** @default the name of the family */
  readonly metricName?: unknown;
  readonly labels?: unknown;
  /** Labels that win over those in `labels`. */
  readonly sharedLabels?: unknown;
  readonly value?: unknown;
  readonly exemplar?: unknown;
}

/**
 * What a prom-client metric's `get()` gave. The fields can hold anything: what cannot be written is
 * left out and reported, and never breaks the rest of the body.
 */
export interface SampleFamily {
  readonly name: string;
  readonly help?: unknown;
  /** Anything but the four types that prom-client has is written as a family without a type. */
  readonly type?: unknown;
  readonly values?: readonly ClientSample[] | undefined;
}

/** Anything that can be rendered. */
export type Family = SeriesFamily | SampleFamily;

import type { MultiprocessMode } from './multiprocess-mode.js';

/**
 * The numbers of a series: how many there are, what each means, and how those that several
 * processes have become one.
 *
 * | type | numbers |
 * |---|---|
 * | counter | the value |
 * | gauge | the value; where the most recent one counts, also when it was set |
 * | histogram | the sum, then one count a bucket (not cumulative), the last one being `+Inf`; with exponential buckets also the count of the zero bucket |
 * | summary | the sum, the count |
 *
 * The exponential buckets of a native histogram are kept beside these numbers, in `NativeBuckets`,
 * because a series has as many of them as its values need.
 */
export type MetricType = (typeof METRIC_TYPES)[number];

export const METRIC_TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;

/** Places among the numbers of a series. */
export const VALUE = 0;
/** Milliseconds since the epoch; 0 for a gauge that was never set. */
export const MOMENT = 1;
export const SUM = 0;
/** Of a summary. */
export const COUNT = 1;
/** Of a histogram: the count of its first bucket. */
export const BUCKETS = 1;

/** Exponential buckets of a histogram, see `native-schema.ts`. */
export interface NativeLayout {
  /** The resolution of a new series. */
  readonly schema: number;
  /** Most buckets of a series; with more of them, they are made wider. */
  readonly maxBuckets: number;
  /** Values that are no further from zero count in the zero bucket. */
  readonly zeroThreshold: number;
}

/** What decides how many numbers a series has. */
export interface SeriesLayout {
  readonly type: MetricType;
  /** Upper bounds of a histogram, ascending, without `+Inf`. */
  readonly bounds?: ArrayLike<number> | undefined;
  /** Present when a histogram has exponential buckets. */
  readonly native?: NativeLayout | undefined;
  /** How the values that several processes have for a gauge become one. */
  readonly mode?: MultiprocessMode | undefined;
}

/** How many numbers each series has. */
export function widthOf({ type, bounds, native, mode }: SeriesLayout): number {
  switch (type) {
    case 'counter':
      return VALUE + 1;
    case 'gauge':
      return isMostRecent(mode) ? MOMENT + 1 : VALUE + 1;
    case 'histogram':
      return BUCKETS + (bounds?.length ?? 0) + (native === undefined ? 1 : 2);
    case 'summary':
      return COUNT + 1;
  }
}

/** Where a native histogram has the count of its zero bucket. */
export function zeroCountAt({ bounds }: SeriesLayout): number {
  return BUCKETS + (bounds?.length ?? 0) + 1;
}

/** How many observations a series of a histogram or a summary has. */
export function countOf(
  { type, bounds }: SeriesLayout,
  values: Float64Array,
  offset: number,
): number {
  if (type === 'summary') return values[offset + COUNT] as number;
  const end = offset + BUCKETS + (bounds?.length ?? 0);
  let count = 0;
  for (let i = offset + BUCKETS; i <= end; i++) count += values[i] as number;
  return count;
}

/** Whether the numbers of several processes are added up, so that those of ended ones stay. */
export function isAddedUp(type: MetricType): boolean {
  return type !== 'gauge';
}

export function isMostRecent(mode: MultiprocessMode | undefined): boolean {
  return mode === 'mostrecent' || mode === 'livemostrecent';
}

/**
 * Makes the numbers that two processes have for one series the numbers of both.
 *
 * @param target numbers that take part already, from `at`
 * @param source numbers that join them, from `from`
 */
export function mergeNumbers(
  layout: SeriesLayout,
  target: Float64Array,
  at: number,
  source: ArrayLike<number>,
  from: number,
): void {
  if (!isAddedUp(layout.type)) {
    mergeGauge(layout.mode, target, at, source, from);
    return;
  }
  const width = widthOf(layout);
  for (let i = 0; i < width; i++) (target[at + i] as number) += source[from + i] as number;
}

function mergeGauge(
  mode: MultiprocessMode | undefined,
  target: Float64Array,
  at: number,
  source: ArrayLike<number>,
  from: number,
): void {
  const value = source[from + VALUE] as number;
  const present = target[at + VALUE] as number;
  switch (mode) {
    case 'min':
    case 'livemin':
      target[at + VALUE] = Math.min(present, value);
      return;
    case 'max':
    case 'livemax':
      target[at + VALUE] = Math.max(present, value);
      return;
    case 'sum':
    case 'livesum':
      target[at + VALUE] = present + value;
      return;
    case 'mostrecent':
    case 'livemostrecent':
      if ((source[from + MOMENT] as number) < (target[at + MOMENT] as number)) return;
      target[at + MOMENT] = source[from + MOMENT] as number;
      target[at + VALUE] = value;
      return;
    default:
      target[at + VALUE] = value;
  }
}

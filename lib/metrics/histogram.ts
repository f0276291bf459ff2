import type { BlockList } from './block-list.js';
import { BucketFinder } from './bucket-finder.js';
import type { ExemplarLabels } from './exemplars.js';
import { BUCKETS, countOf, SUM, type NativeLayout, type SeriesLayout } from './layout.js';
import { Metric, type MetricDefinition } from './metric.js';
import { NEGATIVE, POSITIVE, NativeBuckets, type Sign } from './native-buckets.js';
import { bucketIndexOf, schemaFor } from './native-schema.js';
import { Series } from './series.js';
import type { SeriesStore } from './series-store.js';

/** Bounds of the default duration histogram, in seconds. */
export const DEFAULT_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** Exponential buckets beside, or instead of, the classic ones. */
export interface NativeDefinition {
  /** By how much a bucket is at most wider than the one before. */
  readonly bucketFactor: number;
  /** Most buckets of a series; with more of them, they are made wider. */
  readonly maxBuckets: number;
  /** Values that are no further from zero count in the zero bucket. */
  readonly zeroThreshold: number;
  /** Whether there are classic buckets, too. */
  readonly classicBuckets: boolean;
}

export interface HistogramDefinition extends MetricDefinition {
  /** Upper bounds, ascending, without `+Inf`. */
  readonly buckets: readonly number[];
  /**
   * The exponential buckets; a layout leaves it to `buckets` whether there are classic ones, too.
   * @default classic buckets alone
   */
  readonly native?: NativeDefinition | NativeLayout | undefined;
}

export class HistogramSeries extends Series {
  constructor(
    store: SeriesStore,
    slot: number,
    private readonly metric: HistogramMetric,
  ) {
    super(store, slot);
  }

  /**
   * Records a number. One that is not finite is ignored, unless there are exponential buckets: they
   * take infinities, and NaN makes the sum NaN.
   *
   * @param exemplar kept for the bucket, in place of the one before
   */
  observe(value: number, exemplar?: ExemplarLabels): void {
    observe(this.metric, this.slot, this.values, this.offset, value, exemplar);
  }

  get sum(): number {
    return this.values[this.offset + SUM] as number;
  }

  get count(): number {
    return countOf(this.metric.layout, this.values, this.offset);
  }

  /** The schema of its exponential buckets. */
  get schema(): number {
    return this.metric.native?.schemaOf(this.slot) ?? NaN;
  }

  /** Lists the blocks that have its exponential buckets of one sign. */
  listBlocks(sign: Sign, list: BlockList): void {
    this.metric.native?.listBlocks(this.slot, sign, list);
  }
}

function observe(
  metric: HistogramMetric,
  slot: number,
  values: Float64Array,
  offset: number,
  value: number,
  exemplar: ExemplarLabels | undefined,
): void {
  const { bounds, native } = metric;
  let bucket: number;
  if (native === undefined) {
    if (!Number.isFinite(value)) return;
    bucket = bucketOf(bounds, value);
  } else bucket = observeNative(metric, native, slot, values, offset, value);
  (values[offset + SUM] as number) += value;
  (values[offset + BUCKETS + bucket] as number) += 1;
  if (exemplar !== undefined) metric.noteExemplar(slot, value, exemplar);
}

/** @returns the classic bucket */
function observeNative(
  { bounds, finder }: HistogramMetric,
  native: NativeBuckets,
  slot: number,
  values: Float64Array,
  offset: number,
  value: number,
): number {
  const magnitude = value < 0 ? -value : value;
  if (magnitude > native.zeroThreshold) {
    const index = bucketIndexOf(magnitude, native.schema);
    native.countUp(slot, index, value < 0 ? NEGATIVE : POSITIVE);
    if (value > 0 && finder !== undefined) return finder.bucketOf(index, value);
  } else if (!Number.isNaN(value)) (values[offset + BUCKETS + bounds.length + 1] as number) += 1;
  return bucketOf(bounds, value);
}

/** NaN is in the last bucket, as no bound is above it. */
function bucketOf(bounds: Float64Array, value: number): number {
  let bucket = 0;
  while (bucket < bounds.length && !(value <= (bounds[bucket] as number))) bucket++;
  return bucket;
}

/** Counts of observations by upper bound, and their sum. */
export class HistogramMetric extends Metric<HistogramSeries> {
  readonly type = 'histogram';
  /** Upper bounds, ascending; the last bucket, `+Inf`, is not among them. */
  readonly bounds: Float64Array;
  /** The exponential buckets of all series, where there are any. */
  readonly native: NativeBuckets | undefined;
  /** Of the classic buckets beside exponential ones. */
  readonly finder: BucketFinder | undefined;
  /** Tell which exemplars stand for different values, also without classic buckets. */
  readonly #exemplarBounds: Float64Array;

  constructor(definition: HistogramDefinition) {
    const { buckets, native } = definition;
    const isAlone = native !== undefined && 'classicBuckets' in native && !native.classicBuckets;
    const bounds = Float64Array.from(isAlone ? [] : buckets);
    const layout: SeriesLayout = {
      type: 'histogram',
      bounds,
      ...(native === undefined ? {} : { native: nativeLayout(native) }),
    };
    super(definition, layout);
    this.bounds = bounds;
    this.native = layout.native === undefined ? undefined : new NativeBuckets(layout.native);
    this.finder =
      layout.native === undefined || bounds.length === 0
        ? undefined
        : new BucketFinder(bounds, layout.native.schema);
    this.#exemplarBounds = Float64Array.from(buckets);
  }

  override get traits(): Readonly<Record<string, string>> {
    const { bounds, layout } = this;
    return { buckets: bounds.join(), 'native buckets': JSON.stringify(layout.native ?? 'none') };
  }

  /** As `observe` of the series at a slot. */
  observeAt(slot: number, value: number, exemplar?: ExemplarLabels): void {
    const { numbers } = this;
    observe(this, slot, numbers.valuesOf(slot), numbers.offsetOf(slot), value, exemplar);
  }

  noteExemplar(slot: number, value: number, labels: ExemplarLabels): void {
    const bucket = bucketOf(this.#exemplarBounds, value);
    this.store.noteExemplar(slot, bucket, labels, value);
  }

  override reset(): void {
    super.reset();
    if (this.native === undefined) return;
    for (let index = 0; index < this.numbers.length; index++) {
      this.native.clear(this.numbers.slotOf(index));
    }
  }

  override remove(values: readonly string[]): boolean {
    const slot = this.native === undefined ? undefined : this.find(values)?.slot;
    if (slot !== undefined) this.native?.clear(slot);
    return super.remove(values);
  }

  override clear(): void {
    super.clear();
    this.native?.startAnew();
  }

  protected override add(values: readonly string[]): number {
    const slot = super.add(values);
    this.native?.add(slot);
    return slot;
  }

  seriesAt(slot: number): HistogramSeries {
    return new HistogramSeries(this.store, slot, this);
  }
}

function nativeLayout(native: NativeDefinition | NativeLayout): NativeLayout {
  const { maxBuckets, zeroThreshold } = native;
  const schema = 'schema' in native ? native.schema : schemaFor(native.bucketFactor);
  return { schema, maxBuckets, zeroThreshold };
}

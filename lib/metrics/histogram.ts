import { BUCKETS, countOf, SUM, type SeriesLayout } from './layout.js';
import { Metric, type MetricDefinition } from './metric.js';
import { Series } from './series.js';
import type { SeriesStore } from './series-store.js';

/** Bounds of the default duration histogram, in seconds. */
export const DEFAULT_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

export class HistogramSeries extends Series {
  constructor(
    store: SeriesStore,
    slot: number,
    private readonly layout: SeriesLayout & { readonly bounds: Float64Array },
  ) {
    super(store, slot);
  }

  /** Records a finite number; anything else is ignored. */
  observe(value: number): void {
    observe(this.values, this.offset, this.layout.bounds, value);
  }

  get sum(): number {
    return this.values[this.offset + SUM] as number;
  }

  get count(): number {
    return countOf(this.layout, this.values, this.offset);
  }
}

function observe(values: Float64Array, offset: number, bounds: Float64Array, value: number): void {
  if (!Number.isFinite(value)) return;
  let bucket = 0;
  while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
  (values[offset + SUM] as number) += value;
  (values[offset + BUCKETS + bucket] as number) += 1;
}

export interface HistogramDefinition extends MetricDefinition {
  /** Upper bounds, ascending, without `+Inf`. */
  readonly buckets: readonly number[];
}

/** Counts of observations by upper bound, and their sum. */
export class HistogramMetric extends Metric<HistogramSeries> {
  readonly type = 'histogram';
  declare readonly layout: SeriesLayout & { readonly bounds: Float64Array };
  /** Upper bounds, ascending; the last bucket, `+Inf`, is not among them. */
  readonly bounds: Float64Array;

  constructor(definition: HistogramDefinition) {
    const bounds = Float64Array.from(definition.buckets);
    super(definition, { type: 'histogram', bounds });
    this.bounds = bounds;
  }

  override get traits(): Readonly<Record<string, string>> {
    return { buckets: this.bounds.join() };
  }

  /** As `observe` of the series at a slot. */
  observeAt(slot: number, value: number): void {
    const { numbers } = this;
    observe(numbers.valuesOf(slot), numbers.offsetOf(slot), this.bounds, value);
  }

  protected seriesAt(slot: number): HistogramSeries {
    return new HistogramSeries(this.store, slot, this.layout);
  }
}

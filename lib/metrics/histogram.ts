import { Metric, type MetricDefinition } from './metric.js';
import { Series, type SeriesPlace } from './series.js';

/** Bounds of the default duration histogram, in seconds. */
export const DEFAULT_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

export class HistogramSeries extends Series {
  constructor(
    place: SeriesPlace,
    private readonly bounds: Float64Array,
  ) {
    super(place);
  }

  /** Records a finite number; anything else is ignored. */
  observe(value: number): void {
    if (!Number.isFinite(value)) return;
    const { bounds, values, offset } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    (values[offset] as number) += value;
    (values[offset + 1 + bucket] as number) += 1;
  }

  get sum(): number {
    return this.values[this.offset] as number;
  }

  get count(): number {
    const { values, offset, bounds } = this;
    let count = 0;
    for (let i = 0; i <= bounds.length; i++) count += values[offset + 1 + i] as number;
    return count;
  }
}

export interface HistogramDefinition extends MetricDefinition {
  /** Upper bounds, ascending, without `+Inf`. */
  readonly buckets: readonly number[];
}

/** Counts of observations by upper bound, and their sum. */
export class HistogramMetric extends Metric<HistogramSeries> {
  readonly type = 'histogram';
  /** Upper bounds, ascending; the last bucket, `+Inf`, is not among them. */
  readonly bounds: Float64Array;

  constructor(definition: HistogramDefinition) {
    super(definition, definition.buckets.length + 2);
    this.bounds = Float64Array.from(definition.buckets);
  }

  protected createSeries(place: SeriesPlace): HistogramSeries {
    return new HistogramSeries(place, this.bounds);
  }
}

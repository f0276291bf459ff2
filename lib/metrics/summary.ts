import { Metric, type MetricDefinition } from './metric.js';
import { QuantileSketch } from './quantile-sketch.js';
import { Series, type SeriesPlace } from './series.js';

export class SummarySeries extends Series {
  constructor(
    place: SeriesPlace,
    /** Present when the summary has percentiles. */
    readonly sketch: QuantileSketch | undefined,
  ) {
    super(place);
  }

  /** Records a finite number; anything else is ignored. */
  observe(value: number): void {
    if (!Number.isFinite(value)) return;
    const { values, offset } = this;
    (values[offset] as number) += value;
    (values[offset + 1] as number) += 1;
    this.sketch?.add(value);
  }

  get sum(): number {
    return this.values[this.offset] as number;
  }

  get count(): number {
    return this.values[this.offset + 1] as number;
  }
}

export interface SummaryDefinition extends MetricDefinition {
  /** Quantiles between 0 and 1 that are exposed beside `_sum` and `_count`. @default none */
  readonly percentiles?: readonly number[];
  /** Seconds for which an observation counts for the quantiles. @default all observations count */
  readonly maxAgeSeconds?: number;
  /** Steps in which old observations are forgotten. @default 5 */
  readonly ageBuckets?: number;
}

/** The sum and the count of observations, and quantiles when asked for. */
export class SummaryMetric extends Metric<SummarySeries> {
  readonly type = 'summary';
  readonly percentiles: readonly number[];
  readonly maxAgeSeconds: number | undefined;
  readonly ageBuckets: number;

  constructor(definition: SummaryDefinition) {
    super(definition, 2);
    this.percentiles = [...(definition.percentiles ?? [])];
    this.maxAgeSeconds = definition.maxAgeSeconds;
    this.ageBuckets = definition.ageBuckets ?? 5;
  }

  override reset(): void {
    super.reset();
    for (const series of this.series) series.sketch?.clear();
  }

  protected createSeries(place: SeriesPlace): SummarySeries {
    const sketch =
      this.percentiles.length === 0
        ? undefined
        : new QuantileSketch(this.maxAgeSeconds, this.ageBuckets);
    return new SummarySeries(place, sketch);
  }
}

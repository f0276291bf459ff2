import type { ExemplarLabels } from './exemplars.js';
import { COUNT, SUM } from './layout.js';
import { Metric, type MetricDefinition } from './metric.js';
import { InterpolatingSketch, QuantileSketch, type Sketch } from './quantile-sketch.js';
import { Series } from './series.js';
import type { SeriesStore } from './series-store.js';

export class SummarySeries extends Series {
  constructor(
    store: SeriesStore,
    slot: number,
    /** Present when the summary has percentiles. */
    readonly sketch: Sketch | undefined,
  ) {
    super(store, slot);
  }

  /** Records a finite number; anything else is ignored. A summary has no exemplars. */
  observe(value: number, _exemplar?: ExemplarLabels): void {
    observe(this.values, this.offset, this.sketch, value);
  }

  get sum(): number {
    return this.values[this.offset + SUM] as number;
  }

  get count(): number {
    return this.values[this.offset + COUNT] as number;
  }
}

function observe(
  values: Float64Array,
  offset: number,
  sketch: Sketch | undefined,
  value: number,
): void {
  if (!Number.isFinite(value)) return;
  (values[offset + SUM] as number) += value;
  (values[offset + COUNT] as number) += 1;
  sketch?.add(value);
}

export interface SummaryDefinition extends MetricDefinition {
  /** Quantiles between 0 and 1 that are exposed beside `_sum` and `_count`. @default none */
  readonly percentiles?: readonly number[];
  /** Seconds for which an observation counts for the quantiles. @default all observations count */
  readonly maxAgeSeconds?: number;
  /** Steps in which old observations are forgotten. @default 5 */
  readonly ageBuckets?: number;
  /** Whether its quantiles are those that prom-client's summaries have. @default false */
  readonly interpolates?: boolean;
}

/** The sum and the count of observations, and quantiles when asked for. */
export class SummaryMetric extends Metric<SummarySeries> {
  readonly type = 'summary';
  readonly percentiles: readonly number[];
  readonly maxAgeSeconds: number | undefined;
  readonly ageBuckets: number;
  /** By index; only with percentiles. */
  readonly #sketches: Sketch[] | undefined;
  readonly #Sketch: typeof InterpolatingSketch | typeof QuantileSketch;

  constructor(definition: SummaryDefinition) {
    super(definition, { type: 'summary' });
    this.percentiles = [...(definition.percentiles ?? [])];
    this.maxAgeSeconds = definition.maxAgeSeconds;
    this.ageBuckets = definition.ageBuckets ?? 5;
    this.#sketches = this.percentiles.length === 0 ? undefined : [];
    this.#Sketch = definition.interpolates === true ? InterpolatingSketch : QuantileSketch;
  }

  override get traits(): Readonly<Record<string, string>> {
    return { percentiles: this.percentiles.join() };
  }

  override reset(): void {
    super.reset();
    for (const sketch of this.#sketches ?? []) sketch.clear();
  }

  override clear(): void {
    super.clear();
    if (this.#sketches !== undefined) this.#sketches.length = this.numbers.length;
  }

  /** As `observe` of the series at a slot. */
  observeAt(slot: number, value: number, _exemplar?: ExemplarLabels): void {
    const { numbers } = this;
    observe(numbers.valuesOf(slot), numbers.offsetOf(slot), this.#sketchAt(slot), value);
  }

  protected override add(values: readonly string[]): number {
    const slot = super.add(values);
    if (this.#sketches !== undefined) {
      const index = this.numbers.indexOf(slot);
      this.#sketches[index] = new this.#Sketch(this.maxAgeSeconds, this.ageBuckets);
    }
    return slot;
  }

  seriesAt(slot: number): SummarySeries {
    return new SummarySeries(this.store, slot, this.#sketchAt(slot));
  }

  #sketchAt(slot: number): Sketch | undefined {
    return this.#sketches?.[this.numbers.indexOf(slot)];
  }
}

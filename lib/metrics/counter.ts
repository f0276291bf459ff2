import type { ExemplarLabels } from './exemplars.js';
import { VALUE } from './layout.js';
import { Metric, type MetricDefinition } from './metric.js';
import { Series } from './series.js';

export class CounterSeries extends Series {
  /**
   * Adds a finite number that is not negative; anything else is ignored.
   *
   * @param by @default 1
   * @param exemplar kept in place of the one before
   */
  inc(by = 1, exemplar?: ExemplarLabels): void {
    add(this.values, this.offset, by);
    if (exemplar !== undefined) this.store.noteExemplar(this.slot, 0, exemplar, by);
  }

  get value(): number {
    return this.values[this.offset + VALUE] as number;
  }
}

function add(values: Float64Array, offset: number, by: number): void {
  if (typeof by === 'number' && by >= 0 && by < Infinity) (values[offset + VALUE] as number) += by;
}

/** A value that only grows. */
export class CounterMetric extends Metric<CounterSeries> {
  readonly type = 'counter';

  constructor(definition: MetricDefinition) {
    super(definition, { type: 'counter' });
  }

  /** As `inc` of the series at a slot. */
  incAt(slot: number, by = 1, exemplar?: ExemplarLabels): void {
    const { numbers } = this;
    add(numbers.valuesOf(slot), numbers.offsetOf(slot), by);
    if (exemplar !== undefined) this.store.noteExemplar(slot, 0, exemplar, by);
  }

  seriesAt(slot: number): CounterSeries {
    return new CounterSeries(this.store, slot);
  }
}

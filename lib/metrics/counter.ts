import { Metric, type MetricDefinition } from './metric.js';
import { Series, type SeriesPlace } from './series.js';

export class CounterSeries extends Series {
  /** Adds a finite number that is not negative; anything else is ignored. @default 1 */
  inc(by = 1): void {
    if (typeof by === 'number' && by >= 0 && by < Infinity)
      (this.values[this.offset] as number) += by;
  }

  get value(): number {
    return this.values[this.offset] as number;
  }
}

/** A value that only grows. */
export class CounterMetric extends Metric<CounterSeries> {
  readonly type = 'counter';

  constructor(definition: MetricDefinition) {
    super(definition, 1);
  }

  protected createSeries(place: SeriesPlace): CounterSeries {
    return new CounterSeries(place);
  }
}

import { Metric, type MetricDefinition } from './metric.js';
import { Series } from './series.js';
import type { Slot } from './slot-pages.js';

export class GaugeSeries extends Series {
  /** Sets the value; anything that is not a number is ignored. */
  set(value: number): void {
    if (typeof value === 'number' && !Number.isNaN(value)) this.values[this.offset] = value;
  }

  /** Adds a finite number, which may be negative; anything else is ignored. */
  add(by: number): void {
    if (Number.isFinite(by)) (this.values[this.offset] as number) += by;
  }

  get value(): number {
    return this.values[this.offset] as number;
  }
}

/** A value that goes up and down. */
export class GaugeMetric extends Metric<GaugeSeries> {
  readonly type = 'gauge';

  constructor(definition: MetricDefinition) {
    super(definition, 1);
  }

  protected createSeries(slot: Slot, labelValues: readonly string[]): GaugeSeries {
    return new GaugeSeries(slot, this.labelNames, labelValues);
  }
}

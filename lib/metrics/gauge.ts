import { Metric, type MetricDefinition } from './metric.js';
import type { MultiprocessMode } from './multiprocess-mode.js';
import { Series } from './series.js';

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

export interface GaugeDefinition extends MetricDefinition {
  /** How the values of several processes become one. @default 'all' */
  readonly multiprocessMode?: MultiprocessMode;
  /** Its labels say something that stays true: `reset()` leaves its values. @default false */
  readonly isInfo?: boolean;
}

/** A value that goes up and down. */
export class GaugeMetric extends Metric<GaugeSeries> {
  readonly type = 'gauge';
  readonly multiprocessMode: MultiprocessMode;
  readonly #isInfo: boolean;

  constructor(definition: GaugeDefinition) {
    super(definition, 1);
    this.multiprocessMode = definition.multiprocessMode ?? 'all';
    this.#isInfo = definition.isInfo ?? false;
  }

  override reset(): void {
    if (!this.#isInfo) super.reset();
  }

  protected seriesAt(slot: number): GaugeSeries {
    return new GaugeSeries(this.store, slot);
  }
}

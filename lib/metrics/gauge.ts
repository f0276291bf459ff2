import { MOMENT, VALUE } from './layout.js';
import { Metric, type MetricDefinition } from './metric.js';
import type { MultiprocessMode } from './multiprocess-mode.js';
import { Series } from './series.js';
import type { SeriesStore } from './series-store.js';

export class GaugeSeries extends Series {
  /** Whether it keeps when it was set. */
  private readonly isStamped: boolean;

  constructor(store: SeriesStore, slot: number) {
    super(store, slot);
    this.isStamped = store.numbers.width > MOMENT;
  }

  /** Sets the value; anything that is not a number is ignored. */
  set(value: number): void {
    if (typeof value !== 'number' || Number.isNaN(value)) return;
    this.values[this.offset + VALUE] = value;
    this.stamp();
  }

  /** Adds a finite number, which may be negative; anything else is ignored. */
  add(by: number): void {
    if (!Number.isFinite(by)) return;
    (this.values[this.offset + VALUE] as number) += by;
    this.stamp();
  }

  get value(): number {
    return this.values[this.offset + VALUE] as number;
  }

  private stamp(): void {
    if (this.isStamped) this.values[this.offset + MOMENT] = Date.now();
  }
}

export interface GaugeDefinition extends MetricDefinition {
  /** How the values of several processes become one. @default 'all' */
  readonly multiprocessMode?: MultiprocessMode;
  /**
   * It says what is so, and not what happened since a moment: `reset()` leaves its values.
   * @default false
   */
  readonly survivesReset?: boolean;
}

/** A value that goes up and down. */
export class GaugeMetric extends Metric<GaugeSeries> {
  readonly type = 'gauge';
  readonly multiprocessMode: MultiprocessMode;
  readonly #survivesReset: boolean;

  constructor(definition: GaugeDefinition) {
    const { multiprocessMode = 'all', survivesReset = false } = definition;
    super(definition, { type: 'gauge', mode: multiprocessMode });
    this.multiprocessMode = multiprocessMode;
    this.#survivesReset = survivesReset;
  }

  override get traits(): Readonly<Record<string, string>> {
    return { 'multiprocess mode': this.multiprocessMode };
  }

  /** Sets the value of the series at a slot to any number. */
  setAt(slot: number, value: number): void {
    const { numbers } = this;
    const values = numbers.valuesOf(slot);
    const offset = numbers.offsetOf(slot);
    values[offset + VALUE] = value;
    if (numbers.width > MOMENT) values[offset + MOMENT] = Date.now();
  }

  /** Adds any number to the value of the series at a slot. */
  addAt(slot: number, by: number): void {
    const { numbers } = this;
    this.setAt(slot, (numbers.valuesOf(slot)[numbers.offsetOf(slot) + VALUE] as number) + by);
  }

  override reset(): void {
    if (!this.#survivesReset) super.reset();
  }

  seriesAt(slot: number): GaugeSeries {
    return new GaugeSeries(this.store, slot);
  }
}

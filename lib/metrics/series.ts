import type { SeriesStore } from './series-store.js';

/**
 * One label set of a metric and its numbers (see `layout.ts`). Made anew each time it is asked for;
 * can be kept by a caller that records into it often, and stays valid for as long as its metric.
 */
export class Series {
  // Plain fields: a reading of a #private field is slower before the code is optimized.
  readonly values: Float64Array;
  readonly offset: number;
  /** Tells it from the other series of its metric. */
  readonly slot: number;
  private readonly store: SeriesStore;

  constructor(store: SeriesStore, slot: number) {
    this.values = store.numbers.valuesOf(slot);
    this.offset = store.numbers.offsetOf(slot);
    this.slot = slot;
    this.store = store;
  }

  get labelNames(): readonly string[] {
    return this.store.labelNames;
  }

  /** In the order of `labelNames`; put together anew each time. */
  get labelValues(): readonly string[] {
    return this.store.labelValuesOf(this.slot);
  }

  /** The label set as an exposition has it, without braces; put together anew each time. */
  get labelText(): string {
    return this.store.labelTextOf(this.slot);
  }
}

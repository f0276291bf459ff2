import type { Exemplar } from './exemplars.js';
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
  protected readonly store: SeriesStore;

  constructor(store: SeriesStore, slot: number) {
    this.values = store.numbers.valuesOf(slot);
    this.offset = store.numbers.offsetOf(slot);
    this.slot = slot;
    this.store = store;
  }

  /** Its place in the order of creation. */
  get index(): number {
    return this.store.numbers.indexOf(this.slot);
  }

  /** When it was made or reset, in milliseconds since the epoch; NaN where that is not kept. */
  get createdAt(): number {
    return this.store.createdAt(this.slot);
  }

  /** The newest exemplar of each bucket (of a counter: one), with gaps. */
  get exemplars(): readonly (Exemplar | undefined)[] | undefined {
    return this.store.exemplarsOf(this.slot);
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

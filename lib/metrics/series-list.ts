import type { SeriesStore } from './series-store.js';

/** The series of a metric in the order of their creation; grows at its end only. */
export class SeriesList<S> implements Iterable<S> {
  readonly #store: SeriesStore;
  readonly #make: (slot: number) => S;

  /** @param make a series from its slot */
  constructor(store: SeriesStore, make: (slot: number) => S) {
    this.#store = store;
    this.#make = make;
  }

  get length(): number {
    return this.#store.length;
  }

  /** `undefined` past the end. */
  at(index: number): S | undefined {
    return index < this.#store.length ? this.#make(this.#store.numbers.slotOf(index)) : undefined;
  }

  *[Symbol.iterator](): Generator<S, void, undefined> {
    const { numbers } = this.#store;
    for (let index = 0; index < numbers.length; index++) yield this.#make(numbers.slotOf(index));
  }
}

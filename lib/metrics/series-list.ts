import type { SeriesStore } from './series-store.js';

/** Makes a series from its slot: a metric. Not a function, see `keptWriters`. */
export interface SeriesMaker<S> {
  seriesAt(slot: number): S;
}

/**
 * The series of a metric, in the order of their places. Stays current, with one exception: once a
 * series was removed, those that are new since the list was made are not in it, because a removed
 * one that comes again may have another place, and would be met twice.
 */
export class SeriesList<S> implements Iterable<S> {
  readonly #store: SeriesStore;
  readonly #metric: SeriesMaker<S>;
  readonly #born: number;

  constructor(store: SeriesStore, metric: SeriesMaker<S>) {
    this.#store = store;
    this.#metric = metric;
    this.#born = store.born;
  }

  /** How many places there are. */
  get length(): number {
    return this.#store.length;
  }

  /** `undefined` for a place without a series, and past the end. */
  at(index: number): S | undefined {
    const birth = this.#store.birthOf(index);
    if (birth === 0 || (birth > this.#born && this.#store.hasLost)) return undefined;
    return this.#metric.seriesAt(this.#store.numbers.slotOf(index));
  }

  *[Symbol.iterator](): Generator<S, void, undefined> {
    for (let index = 0; index < this.length; index++) {
      const series = this.at(index);
      if (series !== undefined) yield series;
    }
  }
}

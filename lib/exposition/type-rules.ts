import { sampleNamesOf, type FamilyType } from '../metrics/names.js';
import type { CheckedSample } from './checked-samples.js';

/** What the type of a family asks of its samples. */
export class TypeRules {
  readonly #names: readonly string[];

  constructor(
    private readonly name: string,
    private readonly type: FamilyType,
  ) {
    this.#names = sampleNamesOf(name, type);
  }

  /**
   * Whether a sample can stand in the family in any format: its name is one that the type has, and
   * it has a numeric `le` or `quantile` exactly where the type has one.
   */
  fits({ name, bound }: CheckedSample): boolean {
    if (!this.#names.includes(name)) return false;
    return this.#isBounded(name) ? !Number.isNaN(bound.value) : bound.text === '';
  }

  /** Orders samples that fit: buckets or quantiles ascending, then `_sum`, then `_count`. */
  compare(a: CheckedSample, b: CheckedSample): number {
    return this.#rank(a.name) - this.#rank(b.name) || a.bound.value - b.bound.value;
  }

  /**
   * Whether a histogram or a summary can be written as one message, from which the same samples are
   * read: all of them are there, and their counts are whole numbers that grow.
   */
  areWhole(samples: readonly CheckedSample[]): boolean {
    if (this.type !== 'histogram' && this.type !== 'summary') return true;
    const [sum, count] = this.#sumAndCount(samples);
    if (sum === undefined || !isCount(count)) return false;
    if (this.type === 'summary') return true;
    const counts = this.#buckets(samples);
    return counts !== undefined && counts.at(-1) === count;
  }

  /**
   * Whether OpenMetrics lets the type have the values of a label set, all of whose samples fit and
   * are in order.
   */
  areValid(samples: readonly CheckedSample[]): boolean {
    switch (this.type) {
      case 'counter':
        return samples.every(({ value }) => value >= 0);
      case 'histogram':
        return this.#isValidHistogram(samples);
      case 'summary':
        return this.#isValidSummary(samples);
      default:
        return true;
    }
  }

  #isValidHistogram(samples: readonly CheckedSample[]): boolean {
    const counts = this.#buckets(samples);
    const [sum, count] = this.#sumAndCount(samples);
    if (counts === undefined || (sum === undefined) !== (count === undefined)) return false;
    if (sum === undefined) return true;
    return sum >= 0 && count === counts.at(-1) && (samples[0]?.bound.value ?? 0) >= 0;
  }

  /** The counts of a histogram's buckets; `undefined` unless they are whole, grow, and end at `+Inf`. */
  #buckets(samples: readonly CheckedSample[]): readonly number[] | undefined {
    const buckets = samples.filter(({ name }) => this.#isBounded(name));
    if (buckets.at(-1)?.bound.value !== Infinity) return undefined;
    let below = 0;
    for (const { value } of buckets) {
      if (!isCount(value) || value < below) return undefined;
      below = value;
    }
    return buckets.map(({ value }) => value);
  }

  #isValidSummary(samples: readonly CheckedSample[]): boolean {
    const [sum = 0, count = 0] = this.#sumAndCount(samples);
    return (
      sum >= 0 &&
      Number.isInteger(count) &&
      count >= 0 &&
      samples.every(
        ({ name, bound, value }) =>
          !this.#isBounded(name) || (bound.value >= 0 && bound.value <= 1 && !(value < 0)),
      )
    );
  }

  #sumAndCount(samples: readonly CheckedSample[]): (number | undefined)[] {
    return ['_sum', '_count'].map(
      (suffix) => samples.find(({ name }) => name === this.name + suffix)?.value,
    );
  }

  /** Whether samples of this name have an `le` or a `quantile`. */
  #isBounded(name: string): boolean {
    return (this.type === 'histogram' || this.type === 'summary') && name === this.#names[0];
  }

  #rank(name: string): number {
    return this.#names.indexOf(name);
  }
}

function isCount(value: number | undefined): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

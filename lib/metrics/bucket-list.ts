import { withPlace } from './typed-column.js';

/** Exponential buckets of one sign that are not empty, in order of their indexes. Filled again and again. */
export class BucketList {
  /** At the schema of their series. The first `length` are valid. */
  indexes: Int32Array = new Int32Array(64);
  counts: Float64Array = new Float64Array(64);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /**
   * Adds those of neighbouring buckets that are not empty.
   *
   * @param first index of the first of them
   * @param values hold their counts, from `offset`
   */
  add(first: number, values: Float64Array, offset: number, buckets: number): void {
    let { length } = this;
    this.indexes = withPlace(this.indexes, length + buckets);
    this.counts = withPlace(this.counts, length + buckets);
    const { indexes, counts } = this;
    for (let i = 0; i < buckets; i++) {
      const count = values[offset + i] as number;
      if (count === 0) continue;
      indexes[length] = first + i;
      counts[length++] = count;
    }
    this.length = length;
  }
}

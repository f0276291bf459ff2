/**
 * Where the exponential buckets of a series are that have one sign: blocks of neighbouring buckets,
 * in order of their indexes. Filled again and again.
 */
export class BlockList {
  /** The index of each block's first bucket, at the schema of the series. The first `length` are valid. */
  readonly firsts: number[] = [];
  /** Hold the counts of the block's `BLOCK_SIZE` buckets, from the offset. */
  readonly values: Float64Array[] = [];
  readonly offsets: number[] = [];
  length = 0;

  clear(): void {
    this.length = 0;
  }

  add(first: number, values: Float64Array, offset: number): void {
    const { length } = this;
    this.firsts[length] = first;
    this.values[length] = values;
    this.offsets[length] = offset;
    this.length = length + 1;
  }
}

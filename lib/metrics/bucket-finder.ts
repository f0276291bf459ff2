import { bucketIndexOf } from './native-schema.js';

/** Classic buckets are wider than the exponential ones of this schema, which keeps the table small. */
const FINEST = 3;

/**
 * Finds the classic bucket of a value by its exponential one, where a histogram has both: instead of
 * all bounds, only those are compared that are in the exponential bucket.
 */
export class BucketFinder {
  // Plain fields: a reading of a #private field is slower before the code is optimized.
  /** By how much the schema of the table is lower. */
  private readonly steps: number;
  /** The exponential bucket that the table begins with. */
  private readonly lowest: number;
  /** By exponential bucket: the first bound that is in it or above it. */
  private readonly firsts: Uint16Array;

  /**
   * @param bounds of the classic buckets, ascending
   * @param schema of the exponential buckets
   */
  constructor(
    private readonly bounds: Float64Array,
    schema: number,
  ) {
    const tableSchema = Math.min(schema, FINEST);
    this.steps = schema - tableSchema;
    const indexes = Array.from(bounds, (bound) =>
      bound > 0 ? bucketIndexOf(bound, tableSchema) : -Infinity,
    );
    this.lowest = indexes.find(Number.isFinite) ?? 0;
    const highest = Math.max(this.lowest, indexes.at(-1) ?? 0);
    let first = 0;
    // The last entry is for all that is above the bounds.
    this.firsts = Uint16Array.from({ length: highest - this.lowest + 2 }, (_, i) => {
      while (first < indexes.length && (indexes[first] as number) < this.lowest + i) first++;
      return first;
    });
  }

  /**
   * @param index of the exponential bucket of the value
   * @param value positive
   */
  bucketOf(index: number, value: number): number {
    const { bounds, firsts } = this;
    // Rounded down: a place that is too low costs a comparison, and is not wrong.
    const place = (index >> this.steps) - this.lowest;
    const last = firsts.length - 1;
    let bucket = firsts[place < 0 ? 0 : place > last ? last : place] as number;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    return bucket;
  }
}

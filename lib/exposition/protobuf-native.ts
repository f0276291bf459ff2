import { BlockList } from '../metrics/block-list.js';
import { BLOCK_SIZE, NEGATIVE, POSITIVE, type Sign } from '../metrics/native-buckets.js';
import type { SeriesView } from './family.js';
import { putSigned, VARINT_BYTES, type ProtobufBytes } from './protobuf-bytes.js';

/** Gaps of up to so many empty buckets are written as buckets, which is shorter than a new span. */
const LARGEST_GAP = 2;

/** Fields of `Histogram`. */
const SCHEMA = 5;
const ZERO_THRESHOLD = 6;
const ZERO_COUNT = 7;
const NEGATIVE_SPAN = 9;
const NEGATIVE_DELTA = 10;
const POSITIVE_SPAN = 12;
const POSITIVE_DELTA = 13;

/** Fields of `BucketSpan`. */
const OFFSET = 1;
const LENGTH = 2;

/**
 * Writes the exponential buckets of one series after the other: spans of buckets, and the
 * differences of their counts. From the end, see `ProtobufBytes`.
 */
export class NativeWriter {
  // Filled again for each series.
  readonly #blocks = new BlockList();
  /** Of one sign, the last span first: the distance of each from the one before it, and its length. */
  readonly #spans: number[] = [];
  /** How many of these numbers are those of the series. */
  #used = 0;
  /** The index after that of the last bucket of the span that is being written. */
  #end = 0;

  constructor(private readonly zeroThreshold: number) {}

  write(bytes: ProtobufBytes, series: SeriesView, zeroCount: number): void {
    const hasPositive = this.#writeBuckets(bytes, series, POSITIVE, POSITIVE_SPAN, POSITIVE_DELTA);
    const hasNegative = this.#writeBuckets(bytes, series, NEGATIVE, NEGATIVE_SPAN, NEGATIVE_DELTA);
    // Without it, an empty histogram whose threshold is zero would look like a classic one.
    if (!hasPositive && !hasNegative && zeroCount + this.zeroThreshold === 0) {
      writeSpan(bytes, POSITIVE_SPAN, 0, 0);
    }
    bytes.unsigned(ZERO_COUNT, zeroCount);
    bytes.double(ZERO_THRESHOLD, this.zeroThreshold);
    bytes.signed(SCHEMA, series.schema ?? 0);
  }

  /** @returns whether there are any */
  #writeBuckets(
    bytes: ProtobufBytes,
    series: SeriesView,
    sign: Sign,
    spanField: number,
    deltaField: number,
  ): boolean {
    const blocks = this.#blocks;
    series.listBlocks?.(sign, blocks);
    if (blocks.length === 0) return false;
    const before = bytes.length;
    const first = this.#writeDeltas(bytes, blocks);
    if (bytes.length === before) return false;
    bytes.close(deltaField, before);
    const spans = this.#spans;
    for (let i = 0; i < this.#used; i += 2) {
      writeSpan(bytes, spanField, spans[i] as number, spans[i + 1] as number);
    }
    // The first span is at its distance from zero.
    writeSpan(bytes, spanField, first, this.#end - first);
    this.#used = 0;
    return true;
  }

  /**
   * Writes the count of each bucket less that of the bucket before it, which may be an empty one in a
   * gap, and notes the spans but the first one.
   *
   * @returns the index of the first bucket
   */
  #writeDeltas(bytes: ProtobufBytes, { firsts, values, offsets, length }: BlockList): number {
    // A bucket may have a gap of empty ones before it.
    const buffer = bytes.room(length * BLOCK_SIZE * (1 + LARGEST_GAP) * VARINT_BYTES);
    let { start } = bytes;
    // Of the bucket that was met last; 0 before the first one.
    let count = 0;
    let index = 0;
    for (let block = length - 1; block >= 0; block--) {
      const first = firsts[block] as number;
      const counts = values[block] as Float64Array;
      const offset = offsets[block] as number;
      let i = BLOCK_SIZE - 1;
      for (;;) {
        while (i >= 0 && counts[offset + i] === 0) i--;
        if (i < 0) break;
        const lower = counts[offset + i] as number;
        if (count === 0) this.#end = first + i + 1;
        else start = this.#writeGap(buffer, start, index, count, first + i, lower);
        count = lower;
        // The buckets from there on, until an empty one.
        for (i--; i >= 0; i--) {
          const next = counts[offset + i] as number;
          if (next === 0) break;
          start = putSigned(buffer, start, count - next);
          count = next;
        }
        index = first + i + 1;
      }
    }
    if (count !== 0) bytes.start = putSigned(buffer, start, count);
    return index;
  }

  /**
   * Writes the difference between a bucket and the one before it that is not empty. The buckets
   * between them are written, or a span ends.
   *
   * @returns where that begins
   */
  #writeGap(
    buffer: Buffer,
    end: number,
    index: number,
    count: number,
    lower: number,
    lowerCount: number,
  ): number {
    const gap = index - lower - 1;
    if (gap > LARGEST_GAP) {
      this.#spans[this.#used++] = gap;
      this.#spans[this.#used++] = this.#end - index;
      this.#end = lower + 1;
    }
    if (gap === 0 || gap > LARGEST_GAP) return putSigned(buffer, end, count - lowerCount);
    let start = putSigned(buffer, end, count);
    for (let empty = 1; empty < gap; empty++) start = putSigned(buffer, start, 0);
    return putSigned(buffer, start, -lowerCount);
  }
}

function writeSpan(bytes: ProtobufBytes, field: number, offset: number, length: number): void {
  const before = bytes.length;
  bytes.unsigned(LENGTH, length);
  bytes.signed(OFFSET, offset);
  bytes.close(field, before);
}

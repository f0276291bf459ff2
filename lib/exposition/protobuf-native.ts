import { BucketList } from '../metrics/bucket-list.js';
import { withPlace } from '../metrics/typed-column.js';
import { NEGATIVE, POSITIVE, type Sign } from '../metrics/native-buckets.js';
import type { SeriesView } from './family.js';
import type { ProtobufBytes } from './protobuf-bytes.js';

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
  readonly #buckets = new BucketList();
  #deltas = new Float64Array(0);

  constructor(private readonly zeroThreshold: number) {}

  write(bytes: ProtobufBytes, series: SeriesView, zeroCount: number): void {
    const positive = this.#writeBuckets(bytes, series, POSITIVE, POSITIVE_SPAN, POSITIVE_DELTA);
    const negative = this.#writeBuckets(bytes, series, NEGATIVE, NEGATIVE_SPAN, NEGATIVE_DELTA);
    // Without it, an empty histogram whose threshold is zero would look like a classic one.
    if (positive + negative + zeroCount + this.zeroThreshold === 0) {
      writeSpan(bytes, POSITIVE_SPAN, 0, 0);
    }
    bytes.unsigned(ZERO_COUNT, zeroCount);
    bytes.double(ZERO_THRESHOLD, this.zeroThreshold);
    bytes.signed(SCHEMA, series.schema ?? 0);
  }

  /** @returns how many there are */
  #writeBuckets(
    bytes: ProtobufBytes,
    series: SeriesView,
    sign: Sign,
    spanField: number,
    deltaField: number,
  ): number {
    const buckets = this.#buckets;
    buckets.clear();
    series.readBuckets?.(sign, buckets);
    if (buckets.length === 0) return 0;
    // A bucket may have a gap of empty ones before it.
    this.#deltas = withPlace(this.#deltas, buckets.length * (1 + LARGEST_GAP));
    const count = deltasOf(buckets, this.#deltas);
    bytes.packedSigned(deltaField, this.#deltas, count);
    writeSpansOf(bytes, spanField, buckets);
    return buckets.length;
  }
}

/** A new span begins after each larger gap. */
function writeSpansOf(bytes: ProtobufBytes, field: number, { indexes, length }: BucketList): void {
  let end = (indexes[length - 1] as number) + 1;
  for (let i = length - 1; i >= 0; i--) {
    const index = indexes[i] as number;
    // The first span is at its distance from zero.
    const previousEnd = i === 0 ? 0 : (indexes[i - 1] as number) + 1;
    if (i > 0 && index - previousEnd <= LARGEST_GAP) continue;
    writeSpan(bytes, field, index - previousEnd, end - index);
    end = previousEnd;
  }
}

/**
 * Each count less that of the bucket before it, which may be an empty one in a gap.
 *
 * @returns how many there are
 */
function deltasOf({ indexes, counts, length }: BucketList, deltas: Float64Array): number {
  let written = 0;
  let previous = 0;
  let next = indexes[0] as number;
  for (let i = 0; i < length; i++) {
    const index = indexes[i] as number;
    const count = counts[i] as number;
    if (index - next <= LARGEST_GAP) {
      for (; next < index; next++) {
        deltas[written++] = -previous;
        previous = 0;
      }
    }
    deltas[written++] = count - previous;
    previous = count;
    next = index + 1;
  }
  return written;
}

function writeSpan(bytes: ProtobufBytes, field: number, offset: number, length: number): void {
  const before = bytes.length;
  bytes.unsigned(LENGTH, length);
  bytes.signed(OFFSET, offset);
  bytes.close(field, before);
}

import { BUCKETS, SUM } from '../metrics/layout.js';
import { bucketExemplars } from './exemplar.js';
import type { SeriesFamily, SeriesView } from './family.js';
import type { ProtobufBytes } from './protobuf-bytes.js';
import { NativeWriter } from './protobuf-native.js';
import {
  HISTOGRAM,
  UNKNOWN_TIME,
  writeBucket,
  writeExemplar,
  writeSumAndCount,
  writeTime,
  type SeriesWriter,
} from './protobuf-parts.js';

/** Fields of `Histogram`. */
const CREATED = 15;
const EXEMPLARS = 16;

/** Writes the histograms of a family of the store, classic and native ones. */
export class HistogramWriter implements SeriesWriter {
  readonly #bounds: ArrayLike<number>;
  readonly #native: NativeWriter | undefined;

  constructor({ bounds = [], native }: SeriesFamily) {
    this.#bounds = bounds;
    this.#native = native === undefined ? undefined : new NativeWriter(native.zeroThreshold);
  }

  write(bytes: ProtobufBytes, series: SeriesView): void {
    const { values, offset, createdAt = UNKNOWN_TIME } = series;
    const bounds = this.#bounds;
    const { length } = bounds;
    const native = this.#native;
    const exemplars = bucketExemplars(series.exemplars, length);
    const before = bytes.length;
    if (native !== undefined && exemplars !== undefined) writeNativeExemplars(bytes, series);
    writeTime(bytes, CREATED, createdAt);
    native?.write(bytes, series, values[offset + BUCKETS + length + 1] as number);
    let count = 0;
    for (let bucket = 0; bucket <= length; bucket++) {
      count += values[offset + BUCKETS + bucket] as number;
    }
    let below = count;
    for (let bucket = length; bucket >= 0; bucket--) {
      const exemplar = exemplars?.[bucket];
      // The last bucket is known by the count of all, and is there for its exemplar.
      if (bucket < length) writeBucket(bytes, bounds[bucket] as number, below, exemplar);
      else if (exemplar !== undefined) writeBucket(bytes, Infinity, below, exemplar);
      below -= values[offset + BUCKETS + bucket] as number;
    }
    writeSumAndCount(bytes, values[offset + SUM] as number, count);
    bytes.close(HISTOGRAM, before);
  }
}

function writeNativeExemplars(bytes: ProtobufBytes, { exemplars = [] }: SeriesView): void {
  for (const exemplar of exemplars.toReversed()) writeExemplar(bytes, EXEMPLARS, exemplar);
}

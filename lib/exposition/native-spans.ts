import type { Sign } from '../metrics/native-buckets.js';
import type { SeriesView } from './family.js';
import type { ProtobufBytes } from './protobuf-bytes.js';

/** Gaps of up to so many empty buckets are written as buckets, which is shorter than a new span. */
const LARGEST_GAP = 2;

/** Fields of `BucketSpan`. */
const OFFSET = 1;
const LENGTH = 2;

/**
 * The exponential buckets of one sign of a series in the form of the protobuf format: spans of
 * buckets, and the differences of their counts. Filled again for each series.
 */
export class NativeSpans {
  /** Of each span: its distance from the end of the one before, and its length. */
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  readonly #deltas: number[] = [];
  #spans = 0;
  #buckets = 0;
  #next = 0;
  #previous = 0;

  get isEmpty(): boolean {
    return this.#buckets === 0;
  }

  read(series: SeriesView, sign: Sign): void {
    this.#spans = 0;
    this.#buckets = 0;
    this.#next = 0;
    this.#previous = 0;
    series.visitBuckets?.(sign, this.#add);
  }

  /** From the end, see `ProtobufBytes`. */
  write(bytes: ProtobufBytes, spanField: number, deltaField: number): void {
    if (this.#buckets === 0) return;
    const before = bytes.length;
    for (let i = this.#buckets - 1; i >= 0; i--) bytes.packedSigned(this.#deltas[i] as number);
    bytes.close(deltaField, before);
    for (let i = this.#spans - 1; i >= 0; i--) {
      writeSpan(bytes, spanField, this.#offsets[i] as number, this.#lengths[i] as number);
    }
  }

  writeEmptySpan(bytes: ProtobufBytes, spanField: number): void {
    writeSpan(bytes, spanField, 0, 0);
  }

  readonly #add = (index: number, count: number): void => {
    const gap = index - this.#next;
    if (this.#spans === 0 || gap > LARGEST_GAP) {
      this.#offsets[this.#spans] = gap;
      this.#lengths[this.#spans] = 0;
      this.#spans += 1;
    } else for (let i = 0; i < gap; i++) this.#addDelta(0);
    this.#addDelta(count);
    this.#next = index + 1;
  };

  #addDelta(count: number): void {
    (this.#lengths[this.#spans - 1] as number) += 1;
    this.#deltas[this.#buckets++] = count - this.#previous;
    this.#previous = count;
  }
}

function writeSpan(bytes: ProtobufBytes, field: number, offset: number, length: number): void {
  const before = bytes.length;
  bytes.unsigned(LENGTH, length);
  bytes.signed(OFFSET, offset);
  bytes.close(field, before);
}

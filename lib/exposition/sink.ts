import { CHUNK_SIZE, type ChunkPool } from './chunk-pool.js';
import { valueText } from './number-text.js';

/** A UTF-16 code unit takes at most three bytes in UTF-8. */
const BYTES_PER_UNIT = 3;

/** Bytes that a loop copies sooner than a call of V8's own function for it. */
const FEW_BYTES = 24;

/** Whole numbers from 0 up to here are written digit by digit. */
const DIGITS_UP_TO = 999_999_999;
const ZERO = 48;

/**
 * Takes the texts and bytes of a body, and makes chunks of about 64 kB of them. Each chunk is a
 * buffer of its own, which the receiver can keep, and begins and ends between two characters.
 */
export class Sink {
  readonly #chunks: Buffer[] = [];
  #buffer: Buffer | undefined;
  #position = 0;

  constructor(private readonly pool: ChunkPool) {}

  text(text: string): void {
    const buffer = this.#bufferFor(text.length * BYTES_PER_UNIT);
    this.#position += buffer.write(text, this.#position, 'utf8');
  }

  /** Takes the buffer itself when it is large: its sender changes it no more. */
  bytes(bytes: Buffer): void {
    if (bytes.length >= CHUNK_SIZE / 4) {
      this.flush();
      this.#chunks.push(bytes);
      return;
    }
    this.copy(bytes);
  }

  /** Takes bytes of whole characters, which their sender may change afterwards. */
  copy(bytes: Uint8Array): void {
    const { length } = bytes;
    const buffer = this.#bufferFor(length);
    const position = this.#position;
    if (length > FEW_BYTES) buffer.set(bytes, position);
    else for (let i = 0; i < length; i++) buffer[position + i] = bytes[i] as number;
    this.#position = position + length;
  }

  /** The text of a sample's value. */
  value(value: number): void {
    if (value >= 0 && value <= DIGITS_UP_TO && value === Math.trunc(value)) this.#digits(value);
    else this.text(valueText(value));
  }

  /** A chunk that is full, if there is one. */
  take(): Buffer | undefined {
    return this.#chunks.length === 0 ? undefined : this.#chunks.shift();
  }

  /** Makes a chunk of what is not one yet. */
  flush(): void {
    if (this.#buffer !== undefined && this.#position > 0) {
      this.#chunks.push(this.#buffer.subarray(0, this.#position));
    }
    this.#buffer = undefined;
    this.#position = 0;
  }

  #digits(whole: number): void {
    let digits = 1;
    for (let power = 10; power <= whole; power *= 10) digits += 1;
    const buffer = this.#bufferFor(digits);
    let rest = whole;
    for (let at = this.#position + digits - 1; at >= this.#position; at--) {
      const tenth = Math.trunc(rest / 10);
      buffer[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.#position += digits;
  }

  /** A buffer with room for so many bytes after the position. */
  #bufferFor(size: number): Buffer {
    if (this.#position > 0 && this.#position + size > CHUNK_SIZE) this.flush();
    return (this.#buffer ??= size > CHUNK_SIZE ? Buffer.allocUnsafe(size) : this.pool.take());
  }
}

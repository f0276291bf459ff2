import { CHUNK_SIZE } from './chunk-pool.js';

/** Size of the first chunk: most families are small. */
const FIRST_SIZE = 2048;

/** Longest text that is copied letter by letter, which is faster for short ones. */
const SHORT = 48;

/** A UTF-16 code unit takes at most three bytes in UTF-8. */
const BYTES_PER_UNIT = 3;

/** Most bytes of a number. */
export const VARINT_BYTES = 10;

/** Most bytes of a field's tag and a number. */
const NUMBER_BYTES = 2 * VARINT_BYTES;

/** How a value is written, told with its field's number. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** From here on, numbers do not fit into the 31 bits that shifts work with. */
const LARGE = 2 ** 31;

/**
 * Writes messages of protobuf from the end to the beginning: the length of a message precedes it, and
 * so is known when it is written. What belongs last is written first, and nothing is ever moved.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufBytes {
  /** Those that are full, the last one first. */
  readonly #chunks: Buffer[] = [];
  #buffer: Buffer;
  #view: DataView;
  /** Where in its chunk the first byte is that was written. */
  start: number;
  /** Bytes of the chunks that are full. */
  #full = 0;

  constructor() {
    this.#buffer = Buffer.allocUnsafe(FIRST_SIZE);
    this.#view = viewOf(this.#buffer);
    this.start = FIRST_SIZE;
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#full + this.#buffer.length - this.start;
  }

  /** All that was written. */
  takeAll(): readonly Buffer[] {
    return [this.#buffer.subarray(this.start), ...this.#chunks.toReversed()];
  }

  /** A whole number that is not negative. */
  unsigned(field: number, value: number): void {
    this.#reserve(NUMBER_BYTES);
    this.#varint(value);
    this.#tag(field, VARINT);
  }

  /** A whole number of any sign. */
  signed(field: number, value: number): void {
    this.unsigned(field, zigzag(value));
  }

  double(field: number, value: number): void {
    this.#reserve(NUMBER_BYTES);
    this.start -= 8;
    this.#view.setFloat64(this.start, value, true);
    this.#tag(field, FIXED64);
  }

  text(field: number, value: string): void {
    this.#reserve(value.length * BYTES_PER_UNIT + NUMBER_BYTES);
    const end = this.start;
    if (value.length > SHORT || !this.#ascii(value)) {
      this.start = end - Buffer.byteLength(value, 'utf8');
      this.#buffer.write(value, this.start, 'utf8');
    }
    this.#varint(end - this.start);
    this.#tag(field, LENGTH_DELIMITED);
  }

  /** A message of two texts, its first field and its second one. */
  pair(field: number, first: string, second: string): void {
    const before = this.length;
    this.#reserve((first.length + second.length) * BYTES_PER_UNIT + 2 * NUMBER_BYTES);
    const length = first.length + second.length + 4;
    if (length > 2 * SHORT || !this.#ascii(second)) {
      this.text(2, second);
      this.text(1, first);
      this.close(field, before);
      return;
    }
    const buffer = this.#buffer;
    let position = this.start;
    buffer[--position] = second.length;
    buffer[--position] = (2 << 3) | LENGTH_DELIMITED;
    // A name has no other letters.
    for (let i = first.length - 1; i >= 0; i--) buffer[--position] = first.charCodeAt(i);
    buffer[--position] = first.length;
    buffer[--position] = (1 << 3) | LENGTH_DELIMITED;
    buffer[--position] = length;
    buffer[--position] = (field << 3) | LENGTH_DELIMITED;
    this.start = position;
  }

  /** A message of a whole number that is not negative, its first field, and a double, its second one. */
  countAndDouble(field: number, count: number, value: number): void {
    this.#reserve(2 * NUMBER_BYTES);
    const end = this.start;
    this.start = end - 9;
    this.#view.setFloat64(end - 8, value, true);
    this.#buffer[end - 9] = (2 << 3) | FIXED64;
    this.#varint(count);
    this.#buffer[--this.start] = (1 << 3) | VARINT;
    this.#buffer[this.start - 1] = end - this.start;
    this.#buffer[this.start - 2] = (field << 3) | LENGTH_DELIMITED;
    this.start -= 2;
  }

  /**
   * Makes a message of what was written since.
   *
   * @param before `length` before it was begun
   */
  close(field: number, before: number): void {
    this.#reserve(NUMBER_BYTES);
    this.#varint(this.length - before);
    this.#tag(field, LENGTH_DELIMITED);
  }

  /** Puts in front a number without a field. */
  number(value: number): void {
    this.#reserve(NUMBER_BYTES);
    this.#varint(value);
  }

  /** The chunk that is being written, with room for so many bytes before `start`. */
  room(size: number): Buffer {
    this.#reserve(size);
    return this.#buffer;
  }

  #tag(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType);
  }

  #ascii(value: string): boolean {
    const buffer = this.#buffer;
    let position = this.start;
    for (let i = value.length - 1; i >= 0; i--) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[--position] = code;
    }
    this.start = position;
    return true;
  }

  #varint(value: number): void {
    this.start = putVarint(this.#buffer, this.start, value);
  }

  #reserve(size: number): void {
    if (this.start < size) this.#makeRoom(size);
  }

  #makeRoom(size: number): void {
    const { length } = this.#buffer;
    this.#full = this.length;
    this.#chunks.push(this.#buffer.subarray(this.start));
    this.#buffer = Buffer.allocUnsafe(Math.max(size, Math.min(CHUNK_SIZE, length * 4)));
    this.#view = viewOf(this.#buffer);
    this.start = this.#buffer.length;
  }
}

/** A whole number that is not negative, before a position. @returns where it begins */
function putVarint(buffer: Buffer, end: number, value: number): number {
  if (value >= 0x80) return putLongVarint(buffer, end, value);
  buffer[end - 1] = value;
  return end - 1;
}

/** A whole number of any sign, before a position. @returns where it begins */
export function putSigned(buffer: Buffer, end: number, value: number): number {
  const small = value | 0;
  if (small !== value || small < -0x40 || small >= 0x40) {
    return putVarint(buffer, end, zigzag(value));
  }
  buffer[end - 1] = (small << 1) ^ (small >> 31);
  return end - 1;
}

function putLongVarint(buffer: Buffer, end: number, value: number): number {
  if (value >= LARGE) return putLargeVarint(buffer, end, value);
  const size = value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
  const start = end - size;
  let position = start;
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) buffer[position++] = (rest & 0x7f) | 0x80;
  buffer[position] = rest;
  return start;
}

function putLargeVarint(buffer: Buffer, end: number, value: number): number {
  const groups: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) groups.push((rest % 0x80) + 0x80);
  let position = end;
  buffer[--position] = rest;
  for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
    buffer[--position] = group;
  }
  return position;
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Whole numbers of both signs, the smallest first: 0, -1, 1, -2, 2, ... */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

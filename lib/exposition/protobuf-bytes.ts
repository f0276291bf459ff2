/** Size of a chunk, in bytes, unless one message takes more. */
const CHUNK_SIZE = 65_536;

/** Size of the first chunk: most families are small. */
const FIRST_SIZE = 2048;

/** Longest text that is copied letter by letter, which is faster for short ones. */
const SHORT = 48;

/** A UTF-16 code unit takes at most three bytes in UTF-8. */
const BYTES_PER_UNIT = 3;

/** Most bytes of a field's tag and a number. */
const NUMBER_BYTES = 20;

/** How a value is written, told with its field's number. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** From here on, numbers do not fit into the 31 bits that shifts work with. */
const LARGE = 2 ** 31;

/**
 * Writes messages of protobuf one after the other, each from its end to its beginning: the length of
 * a message precedes it, and so is known when it is written. What belongs last is written first.
 *
 * A message is made at the end of a chunk's free room, and then put behind those before it.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufBytes {
  readonly #chunks: Buffer[] = [];
  #buffer: Buffer;
  #view: DataView;
  /** Where the messages that are done end. */
  #done = 0;
  /** Where the message begins that is being written. */
  #start: number;
  /** Bytes of the chunks before this one. */
  #before = 0;

  constructor() {
    this.#buffer = Buffer.allocUnsafe(FIRST_SIZE);
    this.#view = viewOf(this.#buffer);
    this.#start = FIRST_SIZE;
  }

  /** Bytes of the message that is being written. */
  get length(): number {
    return this.#buffer.length - this.#start;
  }

  /** Bytes of all messages that are done. */
  get total(): number {
    return this.#before + this.#done;
  }

  /** The message is done. */
  keep(): void {
    const { length } = this;
    this.#buffer.copyWithin(this.#done, this.#start);
    this.#done += length;
    this.#start = this.#buffer.length;
  }

  /** All messages that are done. */
  takeAll(): readonly Buffer[] {
    this.#chunks.push(this.#buffer.subarray(0, this.#done));
    return this.#chunks;
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
    this.#start -= 8;
    this.#view.setFloat64(this.#start, value, true);
    this.#tag(field, FIXED64);
  }

  text(field: number, value: string): void {
    this.#reserve(value.length * BYTES_PER_UNIT + NUMBER_BYTES);
    const end = this.#start;
    if (value.length > SHORT || !this.#ascii(value)) {
      this.#start = end - Buffer.byteLength(value, 'utf8');
      this.#buffer.write(value, this.#start, 'utf8');
    }
    this.#varint(end - this.#start);
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
    let position = this.#start;
    buffer[--position] = second.length;
    buffer[--position] = (2 << 3) | LENGTH_DELIMITED;
    // A name has no other letters.
    for (let i = first.length - 1; i >= 0; i--) buffer[--position] = first.charCodeAt(i);
    buffer[--position] = first.length;
    buffer[--position] = (1 << 3) | LENGTH_DELIMITED;
    buffer[--position] = length;
    buffer[--position] = (field << 3) | LENGTH_DELIMITED;
    this.#start = position;
  }

  /** A message of a whole number that is not negative, its first field, and a double, its second one. */
  countAndDouble(field: number, count: number, value: number): void {
    this.#reserve(2 * NUMBER_BYTES);
    const end = this.#start;
    this.#start = end - 9;
    this.#view.setFloat64(end - 8, value, true);
    this.#buffer[end - 9] = (2 << 3) | FIXED64;
    this.#varint(count);
    this.#buffer[--this.#start] = (1 << 3) | VARINT;
    this.#buffer[this.#start - 1] = end - this.#start;
    this.#buffer[this.#start - 2] = (field << 3) | LENGTH_DELIMITED;
    this.#start -= 2;
  }

  /** Whole numbers of any sign, in one field: the first `count` of them. */
  packedSigned(field: number, values: Float64Array, count: number): void {
    const before = this.length;
    this.#reserve(count * NUMBER_BYTES);
    const buffer = this.#buffer;
    let position = this.#start;
    for (let i = count - 1; i >= 0; i--) {
      const value = values[i] as number;
      const small = value | 0;
      if (small === value && small > -0x40 && small < 0x40) {
        buffer[--position] = (small << 1) ^ (small >> 31);
        continue;
      }
      this.#start = position;
      this.#varint(zigzag(value));
      position = this.#start;
    }
    this.#start = position;
    this.close(field, before);
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

  #tag(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType);
  }

  #ascii(value: string): boolean {
    const buffer = this.#buffer;
    let position = this.#start;
    for (let i = value.length - 1; i >= 0; i--) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[--position] = code;
    }
    this.#start = position;
    return true;
  }

  #varint(value: number): void {
    if (value < 0x80) this.#buffer[--this.#start] = value;
    else if (value < LARGE) this.#longVarint(value);
    else this.#largeVarint(value);
  }

  #longVarint(value: number): void {
    const buffer = this.#buffer;
    const size = value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
    let position = this.#start - size;
    this.#start = position;
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) buffer[position++] = (rest & 0x7f) | 0x80;
    buffer[position] = rest;
  }

  #largeVarint(value: number): void {
    const groups: number[] = [];
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) groups.push((rest % 0x80) + 0x80);
    this.#buffer[--this.#start] = rest;
    for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
      this.#buffer[--this.#start] = group;
    }
  }

  #reserve(size: number): void {
    if (this.#start - this.#done < size) this.#makeRoom(size);
  }

  /** A new chunk, to whose end the message moves. */
  #makeRoom(size: number): void {
    const { length } = this;
    const enough = (length + size) * 2;
    const larger = Buffer.allocUnsafe(
      Math.max(enough, Math.min(CHUNK_SIZE, this.#buffer.length * 4)),
    );
    this.#buffer.copy(larger, larger.length - length, this.#start);
    if (this.#done > 0) this.#chunks.push(this.#buffer.subarray(0, this.#done));
    this.#before += this.#done;
    this.#done = 0;
    this.#buffer = larger;
    this.#view = viewOf(larger);
    this.#start = larger.length - length;
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Whole numbers of both signs, the smallest first: 0, -1, 1, -2, 2, ... */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

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

/**
 * Writes a message of protobuf from its end to its beginning: the length of a message precedes it,
 * and so is known when it is written. What belongs last is written first.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufBytes {
  #buffer = Buffer.allocUnsafe(4096);
  #view = viewOf(this.#buffer);
  /** Where what was written begins. */
  #start = this.#buffer.length;

  /** How many bytes there are. */
  get length(): number {
    return this.#buffer.length - this.#start;
  }

  clear(): void {
    this.#start = this.#buffer.length;
  }

  /** Copies all bytes to the position in another buffer, which has room for them. */
  copyTo(target: Buffer, position: number): void {
    this.#buffer.copy(target, position, this.#start);
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

  /** One value of a packed list; the last one first. The list is closed as a message is. */
  packedSigned(value: number): void {
    this.#reserve(NUMBER_BYTES);
    this.#varint(zigzag(value));
  }

  /**
   * Makes a message of what was written since.
   *
   * @param before `length` before it was begun
   */
  close(field: number, before: number): void {
    const { length } = this;
    this.#reserve(NUMBER_BYTES);
    this.#varint(length - before);
    this.#tag(field, LENGTH_DELIMITED);
  }

  /** Puts in front how many bytes there are. */
  delimit(length: number): void {
    this.#reserve(NUMBER_BYTES);
    this.#varint(length);
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
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
    const buffer = this.#buffer;
    if (value < 0x80) {
      buffer[--this.#start] = value;
      return;
    }
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    this.#start -= size;
    let position = this.#start;
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) buffer[position++] = (rest % 0x80) + 0x80;
    buffer[position] = rest;
  }

  #reserve(size: number): void {
    if (this.#start >= size) return;
    const { length } = this;
    const larger = Buffer.allocUnsafe((length + size) * 2);
    this.copyTo(larger, larger.length - length);
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

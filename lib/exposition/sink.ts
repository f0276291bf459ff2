/** Size of a chunk, in bytes. */
const CHUNK_SIZE = 65_536;

/** A UTF-16 code unit takes at most three bytes in UTF-8. */
const BYTES_PER_UNIT = 3;

/**
 * Takes the texts and bytes of a body, and makes chunks of about 64 kB of them. Each chunk is a
 * buffer of its own, which the receiver can keep.
 */
export class Sink {
  readonly #chunks: Buffer[] = [];
  #buffer: Buffer | undefined;
  #position = 0;

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
    this.#position += bytes.copy(this.#bufferFor(bytes.length), this.#position);
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

  /** A buffer with room for so many bytes after the position. */
  #bufferFor(size: number): Buffer {
    if (this.#position > 0 && this.#position + size > CHUNK_SIZE) this.flush();
    return (this.#buffer ??= Buffer.allocUnsafe(Math.max(CHUNK_SIZE, size)));
  }
}

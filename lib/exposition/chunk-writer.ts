/** Size of a chunk, in bytes. */
const CHUNK_SIZE = 65_536;

/** A UTF-16 code unit takes at most three bytes in UTF-8. */
const BYTES_PER_UNIT = 3;

/**
 * Encodes texts into chunks of about 64 kB. Each chunk is a buffer of its own, which the receiver
 * can keep. Writing a text per label set into the chunk took two thirds of the time of joining the
 * texts of a chunk and encoding it at once.
 */
export class ChunkWriter {
  #buffer: Buffer | undefined;
  #position = 0;

  /** Adds a text; `false` when the chunk has to be taken first. */
  write(text: string): boolean {
    const size = text.length * BYTES_PER_UNIT;
    if (this.#position > 0 && this.#position + size > CHUNK_SIZE) return false;
    this.#buffer ??= Buffer.allocUnsafe(Math.max(CHUNK_SIZE, size));
    this.#position += this.#buffer.write(text, this.#position, 'utf8');
    return true;
  }

  /** What was written since the last chunk was taken, or `undefined` when nothing was. */
  take(): Buffer | undefined {
    const chunk = this.#buffer?.subarray(0, this.#position);
    this.#buffer = undefined;
    this.#position = 0;
    return chunk?.length === 0 ? undefined : chunk;
  }
}

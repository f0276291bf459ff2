/** Size of a chunk, in bytes. */
export const CHUNK_SIZE = 65_536;

/** How many chunks that are not needed at the moment stay in the memory. */
const MOST_KEPT = 16;

/**
 * Memory for chunks, which goes on to the next chunk when the one before was given back. New memory
 * is slow to write to, because the system has to find a page for every 4 kB of it, and V8 collects
 * garbage the more often.
 */
export class ChunkPool {
  readonly #free: Buffer[] = [];
  /** What was handed out and not given back. */
  readonly #lent = new WeakSet<ArrayBufferLike>();

  /** A buffer of `CHUNK_SIZE` bytes, which hold anything. */
  take(): Buffer {
    // Not part of the memory that Node shares between small buffers.
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_SIZE);
    this.#lent.add(buffer.buffer);
    return buffer;
  }

  /**
   * Nobody reads a chunk any more, nor ever will. Chunks of other memory may be given, too; they are
   * left alone. Need not be called: without it, the memory is garbage like any other.
   *
   * @param chunk a buffer that was taken, or a part of one
   */
  readonly giveBack = (chunk: Buffer): void => {
    const { buffer } = chunk;
    if (!this.#lent.delete(buffer) || this.#free.length === MOST_KEPT) return;
    this.#free.push(Buffer.from(buffer));
  };
}

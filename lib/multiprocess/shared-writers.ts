import { keptOn } from '../core/shared.js';
import { onProcessEnd } from './process-end.js';
import { ProcessWriter, type ProcessWriterOptions } from './process-writer.js';

/**
 * The writer of a registry to a directory. Several applications on one registry share it: what they
 * count stands on the registry once, and has to be written once. It is kept when the last of them
 * has gone, so that what stays on the registry is not written once more by the next one.
 */
export class SharedWriter {
  readonly writer: ProcessWriter;
  #users = 0;
  #stopListening: (() => void) | undefined;

  constructor(options: ProcessWriterOptions) {
    this.writer = new ProcessWriter(options);
  }

  /**
   * Writes for one more application.
   *
   * @param options of that application
   * @returns ends that, and resolves when the last values are written
   */
  take(options: ProcessWriterOptions): () => Promise<void> {
    this.#users += 1;
    this.#stopListening ??= onProcessEnd((isFinal) => this.writer.flushNow(isFinal));
    this.writer.start(options);
    return () => this.#release();
  }

  /** Ends what a scrape may have made before an application whose start has failed. */
  async closeUnused(): Promise<void> {
    if (this.#users === 0 && this.writer.hasFile) await this.writer.close();
  }

  async #release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return this.writer.flush();
    try {
      await this.writer.close();
    } finally {
      if (this.#users === 0) {
        this.#stopListening?.();
        this.#stopListening = undefined;
      }
    }
  }
}

export function sharedWriter(options: ProcessWriterOptions): SharedWriter {
  const { registry, directory } = options;
  const writers = keptOn(registry, 'writers', () => new Map<string, SharedWriter>());
  let writer = writers.get(directory);
  if (writer === undefined) {
    writer = new SharedWriter(options);
    writers.set(directory, writer);
  }
  return writer;
}

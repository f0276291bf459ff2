import type { FileReader } from './files/file-reader.js';

interface Watch {
  modifiedAt: number;
  /** When it was looked at first and last, and when its writer gave the last sign of life. */
  readonly since: number;
  lookedAt: number;
  aliveAt: number;
}

/**
 * For how long files have not been written or touched. Measured on a clock that never steps: that of
 * the file system is asked only for what happened before a file was first looked at.
 */
export class Silences {
  readonly #watches = new Map<string, Watch>();

  /**
   * @returns milliseconds since the last sign of life, and since the file was looked at first
   */
  look({ name, modifiedAt }: FileReader): { silence: number; watched: number } {
    const now = performance.now();
    const age = Math.max(0, Date.now() - modifiedAt);
    let watch = this.#watches.get(name);
    if (watch === undefined) {
      watch = { modifiedAt, since: now, lookedAt: now, aliveAt: now - age };
      this.#watches.set(name, watch);
    } else if (modifiedAt > watch.modifiedAt) {
      // Written since the last look, whatever the clock of the writer says.
      watch.aliveAt = Math.max(now - age, watch.lookedAt);
    } else if (modifiedAt < watch.modifiedAt) watch.aliveAt = now - age;
    watch.modifiedAt = modifiedAt;
    watch.lookedAt = now;
    return { silence: now - watch.aliveAt, watched: now - watch.since };
  }

  /** Forgets all files but these. */
  retain(names: ReadonlySet<string>): void {
    for (const name of this.#watches.keys()) if (!names.has(name)) this.#watches.delete(name);
  }
}

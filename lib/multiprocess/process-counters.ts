import { keptOn } from '../core/shared.js';

/**
 * How far counters that count for the whole process have come in one directory, CPU seconds say. An
 * application that is started anew in its process, or beside another one with a registry of its own,
 * has the same counter once more: each writer writes what it has grown since any of them wrote it.
 */
export class ProcessCounters {
  readonly #reached = new Map<string, number>();

  /** Those of this process in a directory. */
  static of(directory: string): ProcessCounters {
    const all = keptOn(globalThis, 'process counters', () => new Map<string, ProcessCounters>());
    const known = all.get(directory) ?? new ProcessCounters();
    all.set(directory, known);
    return known;
  }

  /** @returns how much of the value nobody has written yet; that counts as written now */
  advance(series: string, value: number): number {
    const grown = value - (this.#reached.get(series) ?? 0);
    if (!(grown > 0)) return 0;
    this.#reached.set(series, value);
    return grown;
  }

  /** Part of what was written is not there any more. */
  withdraw(series: string, part: number): void {
    this.#reached.set(series, (this.#reached.get(series) ?? 0) - part);
  }
}

import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { keptOn, Shared } from '../core/shared.js';

/** Told of a garbage collection and its seconds. */
export type GarbageListener = (kind: string, seconds: number) => void;

const KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

export const GARBAGE_KINDS: readonly string[] = Object.values(KINDS);

interface GarbageEntry extends PerformanceEntry {
  readonly detail: { readonly kind?: number } | undefined;
}

/** Observes the garbage collections of the process while somebody listens. */
class GarbageObserver {
  readonly listeners = new Set<GarbageListener>();
  readonly #observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) this.#tell(entry as GarbageEntry);
  });

  begin(): void {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  end(): void {
    this.#observer.disconnect();
  }

  #tell({ detail, duration }: GarbageEntry): void {
    const kind = KINDS[detail?.kind ?? 0];
    if (kind === undefined) return;
    for (const listener of this.listeners) listener(kind, duration / 1000);
  }
}

/**
 * Listens to garbage collections. One observer serves the whole process, and is gone with its last
 * listener: one that is left behind keeps alive all that it was made with.
 *
 * @returns stops listening
 */
export function onGarbageCollection(listener: GarbageListener): () => void {
  const shared = keptOn(
    globalThis,
    'garbage-observer',
    () => new Shared(new GarbageObserver(), (observer) => observer.end()),
  );
  if (!shared.isUsed) shared.value.begin();
  const release = shared.take();
  shared.value.listeners.add(listener);
  return () => {
    shared.value.listeners.delete(listener);
    release();
  };
}

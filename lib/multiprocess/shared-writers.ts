import type { AnyRegistry } from '../options/prometheus-options.js';
import { onProcessEnd } from './exit-signals.js';
import { ProcessWriter, type ProcessWriterOptions } from './process-writer.js';
import { BRAND } from '../core/brands.js';

const WRITERS = Symbol.for(`${BRAND}writers`);

interface SharedWriter {
  readonly writer: ProcessWriter;
  readonly stopListening: () => void;
  users: number;
}

/** A registry that remembers who writes what is on it, by directory. */
interface RegistryWithWriters {
  [WRITERS]?: Map<string, SharedWriter>;
}

/**
 * The writer of a registry to a directory. Several applications on one registry share it: what they
 * count stands on the registry once, and has to be written once.
 */
export function acquireWriter(options: ProcessWriterOptions): ProcessWriter {
  const { registry, directory } = options;
  const writers = ((registry as RegistryWithWriters)[WRITERS] ??= new Map());
  const shared = writers.get(directory) ?? startWriter(options);
  writers.set(directory, shared);
  shared.users += 1;
  return shared.writer;
}

/** Writes the last values when the last user has gone. */
export async function releaseWriter(registry: AnyRegistry, directory: string): Promise<void> {
  const writers = (registry as RegistryWithWriters)[WRITERS];
  const shared = writers?.get(directory);
  if (shared === undefined) return;
  shared.users -= 1;
  if (shared.users > 0) return shared.writer.flush();
  writers?.delete(directory);
  try {
    if (shared.writer.isStarted) await shared.writer.close();
  } finally {
    shared.stopListening();
  }
}

function startWriter(options: ProcessWriterOptions): SharedWriter {
  const writer = new ProcessWriter(options);
  const stopListening = onProcessEnd(() => writer.flushNow(false));
  return { writer, stopListening, users: 0 };
}

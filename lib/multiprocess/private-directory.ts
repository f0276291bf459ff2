import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MULTIPROCESS_VARIABLE } from '../options/multiprocess-options.js';

/** A directory of this process and those that it starts, named by their environment. */
export interface PrivateDirectory {
  readonly path: string;
  /** Removes it. Also done when the process exits. */
  remove(): void;
}

/** Makes a directory that only this user can read, and names it in the environment. */
export function createPrivateDirectory(): PrivateDirectory {
  const path = mkdtempSync(join(tmpdir(), 'nestjs-prometheus-exporter-'));
  process.env[MULTIPROCESS_VARIABLE] = path;
  const remove = (): void => {
    process.removeListener('exit', remove);
    if (process.env[MULTIPROCESS_VARIABLE] === path) delete process.env[MULTIPROCESS_VARIABLE];
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 2 });
    } catch {
      // A process that has not ended yet has written again; what it leaves is the system's to remove.
    }
  };
  process.on('exit', remove);
  return { path, remove };
}

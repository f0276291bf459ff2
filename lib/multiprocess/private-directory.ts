import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { described, errorText, PrometheusConfigError } from '../core/errors.js';
import { MULTIPROCESS_VARIABLE } from '../options/multiprocess-options.js';

/** A directory of this process and those that it starts, named by their environment. */
export interface PrivateDirectory {
  readonly path: string;
  /** Removes it. Also done when the process exits. */
  remove(): void;
}

function freshDirectory(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'nestjs-prometheus-exporter-'));
  } catch (error) {
    throw new PrometheusConfigError(
      `startMetricsServer: expected a directory for temporary files that can be written to, got ${described(tmpdir())} (${errorText(error)}). Where the disk is read-only, mount a writable volume (in Kubernetes an \`emptyDir\`) and name it by the option \`directory\` or in ${MULTIPROCESS_VARIABLE}`,
      { cause: error },
    );
  }
}

/** Makes a directory that only this user can read, and names it in the environment. */
export function createPrivateDirectory(): PrivateDirectory {
  const path = freshDirectory();
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

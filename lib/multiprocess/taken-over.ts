import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Snapshot } from './files/family-definition.js';
import { OPEN_FLAGS, readStateNow } from './files/file-reader.js';
import { fileNameOf, foldName, foldNumbers } from './files/identity.js';

/** How often the directory is looked at again because it has changed meanwhile. */
const ATTEMPTS = 5;

/**
 * What others count of a file that was taken from its writer while the writer was silent: the state
 * that was put into a fold or, as long as none has it, the newest one, in which the file stays. Reads
 * at once, also at the end of a process; that happens only after very long silence.
 *
 * @param id of the file
 * @param fd of the file, which has no name any more when it is in a fold
 * @returns `undefined` when nobody counts anything of it: somebody has removed the file
 * @throws what the file system says
 */
export function takenOver(directory: string, id: string, fd: number): Snapshot | undefined {
  for (let attempt = 1; ; attempt++) {
    try {
      const generation = foldedGeneration(directory, id);
      if (generation !== undefined) return readStateNow(fd, generation || undefined);
      if (existsSync(join(directory, fileNameOf(id, 'retired')))) return readStateNow(fd);
      // It may have come into a fold between the two looks.
      if (attempt > 1) return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // A fold has been followed by another one, or the whole directory is gone.
      if (attempt === ATTEMPTS) return undefined;
    }
  }
}

function foldedGeneration(directory: string, id: string): number | undefined {
  const [highest] = foldNumbers(readdirSync(directory));
  if (highest === undefined) return undefined;
  const fd = openSync(join(directory, foldName(highest)), OPEN_FLAGS);
  try {
    return readStateNow(fd).fold?.files[id];
  } finally {
    closeSync(fd);
  }
}

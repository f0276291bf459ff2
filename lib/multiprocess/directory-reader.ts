import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pace } from '../core/pace.js';
import { foldName, foldNumber, highestFold } from './fold-files.js';
import {
  isSilent,
  lookUp,
  ownIdentity,
  parseFileName,
  type ProcessIdentity,
} from './files/process-identity.js';
import { DamagedFileError, FileReader } from './files/file-reader.js';
import type { Troubles } from './trouble.js';

/** Milliseconds without a sign of life after which a process that is alive counts as stale. */
export const STALE_AFTER = 3000;

/** How often the directory is read again because files were put together meanwhile. */
const ATTEMPTS = 20;

/** Files that are read at the same time: as many as Node's pool has threads. */
const PARALLEL = 4;

export interface ProcessFileView {
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly state: 'live' | 'stale' | 'dead';
  readonly file: FileReader;
}

/** All that was in the directory at one moment. */
export interface Reading {
  readonly processes: readonly ProcessFileView[];
  /** What ended processes left behind. */
  readonly fold: FileReader | undefined;
  /** The highest number of a file of the dead, readable or not; 0 when there is none. */
  readonly foldNumber: number;
  /** Files that hold nothing any more. */
  readonly leftovers: readonly string[];
}

/** A file that was listed is gone: what it held is in another one now. */
class ListingChangedError extends Error {}

/** Reads the files of a directory, and remembers their keys from one time to the next. */
export class DirectoryReader {
  readonly #files = new Map<string, FileReader>();
  readonly #own = ownIdentity();

  constructor(
    readonly directory: string,
    private readonly troubles: Troubles,
  ) {}

  /**
   * A consistent view: each process counts once, in its own file or among the dead.
   *
   * @param except a file that is not read
   * @throws what the file system says of the directory
   */
  async read(pace: Pace, except?: string): Promise<Reading> {
    for (let attempt = 1; ; attempt++) {
      const names = await readdir(this.directory);
      try {
        return await this.#readListed(names, except, pace);
      } catch (error) {
        if (!(error instanceof ListingChangedError) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #readListed(
    names: readonly string[],
    except: string | undefined,
    pace: Pace,
  ): Promise<Reading> {
    const fold = await this.#loadFold(names, pace);
    const number = foldNumber(fold?.name ?? '') ?? 0;
    const folded = new Set(fold?.fold?.folded);
    const leftovers: string[] = [];
    const listed: [string, ProcessIdentity][] = [];
    for (const name of names) {
      const parsed = parseFileName(name);
      if (parsed === undefined) {
        const other = foldNumber(name);
        if (other === undefined) this.#reportForeign(name);
        else if (other < number) leftovers.push(name);
      } else if (parsed.kind === 'temporary') {
        if (lookUp(parsed, this.#own) === 'gone') leftovers.push(name);
      } else if (folded.has(name)) leftovers.push(name);
      else if (name !== except) listed.push([name, parsed]);
    }
    this.#forgetOthers(new Set([foldName(number), ...listed.map(([name]) => name)]));
    const processes = await this.#loadAll(listed, pace);
    return { processes, fold, foldNumber: highestFold(names), leftovers };
  }

  /** The newest one that is not damaged. */
  async #loadFold(names: readonly string[], pace: Pace): Promise<FileReader | undefined> {
    const numbers = names.flatMap((name) => foldNumber(name) ?? []).sort((a, b) => b - a);
    for (const number of numbers) {
      const file = await this.#load(foldName(number), pace);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  async #loadAll(
    listed: readonly (readonly [string, ProcessIdentity])[],
    pace: Pace,
  ): Promise<ProcessFileView[]> {
    const views: ProcessFileView[] = [];
    const waiting = [...listed];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [name, identity] = next;
        // Before its values are read: a process that is gone by then writes no more of them.
        const existence = lookUp(identity, this.#own);
        const file = await this.#load(name, pace);
        if (file === undefined) continue;
        const silence = Date.now() - file.modifiedAt;
        const isDead =
          existence === 'gone' ||
          file.commit?.isClosed === true ||
          (existence === 'unknown' && isSilent(identity, this.#own, silence));
        const state = isDead ? 'dead' : silence > STALE_AFTER ? 'stale' : 'live';
        views.push({ name, identity, state, file });
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    return views.sort(byStart);
  }

  /** `undefined` when it cannot be used, which has been reported. */
  async #load(name: string, pace: Pace): Promise<FileReader | undefined> {
    const file = this.#files.get(name) ?? new FileReader(name);
    try {
      await file.read(this.directory, pace);
    } catch (error) {
      this.#files.delete(name);
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') throw new ListingChangedError(name);
      const isDamaged = error instanceof DamagedFileError;
      // What is thrown when the scrape is given up.
      if (!isDamaged && typeof code !== 'string') throw error;
      const path = join(this.directory, name);
      const message = `File ${path} is left out of the metrics: ${(error as Error).message}`;
      this.troubles.add(isDamaged ? 'file' : 'read', name, message);
      return undefined;
    }
    this.#files.set(name, file);
    return file;
  }

  /** Removes files that hold nothing any more. Somebody else may be doing the same. */
  async remove(names: readonly string[]): Promise<void> {
    await Promise.allSettled(names.map((name) => unlink(join(this.directory, name))));
  }

  #reportForeign(name: string): void {
    const message = `File ${join(this.directory, name)} is none of this library's and is left out of the metrics: give the processes a directory of their own`;
    this.troubles.add('file', name, message);
  }

  #forgetOthers(names: ReadonlySet<string>): void {
    for (const name of this.#files.keys()) if (!names.has(name)) this.#files.delete(name);
  }
}

function byStart({ file: a }: ProcessFileView, { file: b }: ProcessFileView): number {
  return (a.process?.startedAt ?? 0) - (b.process?.startedAt ?? 0);
}

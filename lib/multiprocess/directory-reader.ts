import { promises } from 'node:fs';
import { join } from 'node:path';
import type { Pace } from '../core/pace.js';
import { ScrapeFailure } from '../scrape/scrape-failure.js';
import { DamagedFileError, FileReader } from './files/file-reader.js';
import {
  foldName,
  foldNumber,
  foldNumbers,
  isSilent,
  lookUp,
  ownIdentity,
  parseFileName,
  type FileName,
} from './files/identity.js';
import type { ProcessFile, Reading } from './reading.js';
import { Silences } from './silences.js';
import type { Troubles } from './troubles.js';

/** Milliseconds without a sign of life after which a process that is alive counts as stale. */
const STALE_AFTER = 3000;

/** Milliseconds that pass before a file is taken from a process of which nobody can tell. */
export interface Patience {
  /** Without a sign of life, until the file is retired. */
  readonly untilRetired: number;
  /** For which it has to be watched before that, as clocks can step. */
  readonly watched: number;
  /** In which the writer of a retired file can notice that, if it still goes on. */
  readonly untilFolded: number;
}

const PATIENCE: Patience = { untilRetired: 3_600_000, watched: 60_000, untilFolded: 60_000 };

/** How often the directory is read again because files were put together meanwhile. */
const ATTEMPTS = 20;

/** Files that are read at the same time: as many as Node's pool has threads. */
const PARALLEL = 4;

const EMPTY: Reading = {
  files: [],
  folds: [],
  canFold: false,
  unreadFolds: [],
  foldNumber: 0,
  leftovers: [],
  isExceptedTaken: false,
};

/** A file that was listed is gone: what it held is in another one now. */
class ListingChangedError extends Error {}

interface Loaded {
  readonly file: FileReader;
  /** Read just now, not remembered from the last time. */
  readonly isFresh: boolean;
  /** What is remembered is all that there will ever be. */
  readonly isDamaged: boolean;
}

/**
 * Reads the files of a directory, and remembers them from one time to the next: what cannot be read
 * is as it was when it was read last. What cannot be read and never was, though it may hold counts,
 * fails the scrape, so that nothing that a scrape shows falls.
 */
export class DirectoryReader {
  readonly own = ownIdentity();
  readonly #files = new Map<string, FileReader>();
  readonly #silences = new Silences();
  #last: Reading | undefined;

  constructor(
    readonly directory: string,
    private readonly troubles: Troubles,
    private readonly patience = PATIENCE,
  ) {}

  /**
   * A consistent view: what each process has counted is in it once, in its own file or in a fold.
   *
   * @param except id of a file that is not read
   * @throws ScrapeFailure when something cannot be read and never was
   */
  async read(pace: Pace, except?: string): Promise<Reading> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const names = await this.#list();
      if (names === undefined) return asRemembered(this.#last);
      try {
        this.#last = await this.#readListed(names, except, pace);
        return this.#last;
      } catch (error) {
        if (!(error instanceof ListingChangedError)) throw error;
      }
    }
    throw unreadable(`The directory ${this.directory} changes faster than it can be read`);
  }

  /** Removes files that hold nothing any more. Somebody else may be doing the same. */
  async remove(names: readonly string[]): Promise<void> {
    await Promise.allSettled(names.map((name) => promises.unlink(join(this.directory, name))));
  }

  /** `undefined` when the directory cannot be read, and what is remembered of it has to do. */
  async #list(): Promise<string[] | undefined> {
    try {
      const names = await promises.readdir(this.directory);
      this.troubles.clear('read', '');
      return names;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const message = `The directory ${this.directory} cannot be read, and other processes are shown as they were when it could: ${String(error)}`;
      this.troubles.add('read', '', message);
      const isGone = code === 'ENOENT' || code === 'ENOTDIR';
      if (isGone || this.#last !== undefined) return undefined;
      throw unreadable(message);
    }
  }

  async #readListed(
    names: readonly string[],
    except: string | undefined,
    pace: Pace,
  ): Promise<Reading> {
    const { folds, canFold, unreadFolds } = await this.#loadFolds(names, pace);
    const counted = new Set([...folds.map(({ name }) => name), ...unreadFolds.map(foldName)]);
    const folded = new Set(folds.flatMap(({ fold }) => Object.keys(fold?.files ?? {})));
    const top = foldNumber(folds[0]?.name ?? '') ?? 0;
    const leftovers: string[] = [];
    const listed: [string, FileName][] = [];
    let isExceptedTaken = except !== undefined && folded.has(except);
    for (const name of names) {
      const owner = parseFileName(name);
      if (owner === undefined) {
        const number = foldNumber(name);
        if (number === undefined) this.#reportOther(name);
        else if (number < top && !counted.has(name)) leftovers.push(name);
      } else if (owner.kind === 'temporary') {
        if (lookUp(owner, this.own) === 'gone') leftovers.push(name);
      } else if (folded.has(owner.id)) leftovers.push(name);
      else if (owner.id !== except) listed.push([name, owner]);
      else if (owner.kind === 'retired') isExceptedTaken = true;
    }
    this.#forgetOthers(new Set([...counted, ...listed.map(([name]) => name)]));
    const files = await this.#loadAll(listed, pace);
    const number = foldNumbers(names)[0] ?? 0;
    return { files, folds, canFold, unreadFolds, foldNumber: number, leftovers, isExceptedTaken };
  }

  /**
   * The fold that counts, and those that its maker could not read. One that is damaged is left out
   * until somebody who remembers it makes the next fold; without one below it, so that nothing that
   * it may hold is counted twice then.
   */
  async #loadFolds(
    names: readonly string[],
    pace: Pace,
  ): Promise<Pick<Reading, 'folds' | 'canFold' | 'unreadFolds'>> {
    const numbers = foldNumbers(names);
    const unreadFolds: number[] = [];
    for (const number of numbers) {
      const top = await this.#load(foldName(number), pace);
      if (top === undefined) {
        unreadFolds.push(number);
        continue;
      }
      const loaded = [top];
      const others = (top.file.fold?.without ?? []).filter((each) => numbers.includes(each));
      const unread: number[] = [];
      for (const other of others) {
        const further = await this.#load(foldName(other), pace);
        if (further === undefined) unread.push(other);
        else loaded.push(further);
      }
      const folds = loaded.map(({ file }) => file);
      const canFold = loaded.every(({ isFresh, isDamaged }) => isFresh || isDamaged);
      return { folds, canFold, unreadFolds: unread };
    }
    return { folds: [], canFold: true, unreadFolds };
  }

  async #loadAll(
    listed: readonly (readonly [string, FileName])[],
    pace: Pace,
  ): Promise<ProcessFile[]> {
    const loaded: ProcessFile[] = [];
    const waiting = [...listed];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const file = await this.#loadProcessFile(...next, pace);
        if (file !== undefined) loaded.push(file);
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: PARALLEL }, work));
    const reasons = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    const hasChanged = reasons.find((reason) => reason instanceof ListingChangedError);
    if (reasons.length > 0) throw hasChanged ?? reasons[0];
    return loaded.sort(byStart);
  }

  async #loadProcessFile(
    name: string,
    owner: FileName,
    pace: Pace,
  ): Promise<ProcessFile | undefined> {
    // Before its values are read: a process that is gone by then writes no more of them.
    const existence = lookUp(owner, this.own);
    const loaded = await this.#load(name, pace);
    if (loaded === undefined) return undefined;
    const { file, isFresh } = loaded;
    const { silence, watched } = this.#silences.look(file);
    const { untilRetired, untilFolded } = this.patience;
    const isRetired = owner.kind === 'retired';
    const isClosed = file.commit?.isClosed === true;
    const hasEnded =
      existence === 'gone' ||
      isClosed ||
      isRetired ||
      (existence === 'unknown' && isSilent(owner, this.own, silence));
    const isSettled = isRetired && Date.now() - file.changedAt >= untilFolded;
    return {
      owner,
      file,
      existence,
      state: hasEnded ? 'ended' : silence > STALE_AFTER ? 'stale' : 'live',
      isFinal: isFresh && (existence === 'gone' || isClosed || isSettled),
      isForsaken:
        existence === 'unknown' &&
        !isRetired &&
        silence >= untilRetired &&
        watched >= this.patience.watched,
    };
  }

  /** `undefined` when it holds nothing that can be shown, which has been reported. */
  async #load(name: string, pace: Pace): Promise<Loaded | undefined> {
    const known = this.#files.get(name);
    const file = known ?? new FileReader(name);
    try {
      await file.read(this.directory, pace);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') throw new ListingChangedError(name);
      const isDamaged = error instanceof DamagedFileError;
      // What is thrown when the scrape is given up.
      if (!isDamaged && typeof code !== 'string') throw error;
      const path = join(this.directory, name);
      const what =
        known !== undefined
          ? 'is shown as it was read last'
          : isDamaged
            ? 'is left out of the metrics'
            : 'cannot be read, and scrapes fail until it can, or is removed';
      const message = `File ${path} ${what}: ${(error as Error).message}`;
      this.troubles.add(isDamaged ? 'file' : 'read', name, message);
      if (known !== undefined) return { file, isFresh: false, isDamaged };
      if (isDamaged) return undefined;
      throw unreadable(message);
    }
    this.#files.set(name, file);
    this.troubles.clear('read', name);
    return { file, isFresh: true, isDamaged: false };
  }

  #reportOther(name: string): void {
    const message = `File ${join(this.directory, name)} is none of this library's and is left out of the metrics: give the processes a directory of their own`;
    this.troubles.add('file', name, message);
  }

  #forgetOthers(names: ReadonlySet<string>): void {
    for (const name of this.#files.keys()) if (!names.has(name)) this.#files.delete(name);
    this.#silences.retain(names);
  }
}

/** What was there when the directory could be read, of which nothing can be put together. */
function asRemembered(last: Reading = EMPTY): Reading {
  const files = last.files.map((file) => ({ ...file, isFinal: false, isForsaken: false }));
  return { ...last, files, leftovers: [], isExceptedTaken: false };
}

function unreadable(message: string): ScrapeFailure {
  return new ScrapeFailure('unreadable', message);
}

function byStart({ file: a }: ProcessFile, { file: b }: ProcessFile): number {
  return (a.process?.startedAt ?? 0) - (b.process?.startedAt ?? 0);
}

import {
  closeSync,
  fstatSync,
  ftruncateSync,
  futimes,
  openSync,
  promises,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { nextTurn } from '../../core/timers.js';
import { COMMIT_POSITIONS, EMPTY_CHECKSUM, encodeCommit, encodeHeader } from './file-format.js';
import { createFileId, fileNameOf, type ProcessIdentity } from './identity.js';
import type { Ledger } from './ledger.js';
import { planFor, type Plan, type StateFile } from './state-plan.js';
import { writeAll, writeAllNow } from './write-all.js';

/** A commit was overtaken by `commitNow`, which has written as much. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/** Bytes over which a checksum is made in one go: about 0.5 ms. */
const CHECKSUM_SLICE = 1_048_576;

interface OpenFile extends StateFile {
  readonly fd: number;
  readonly inode: bigint;
  /** Where it is until it is complete for the first time. */
  temporary: string | undefined;
  /** Calls that are under way: until they are over, the descriptor must not be closed. */
  pending: number;
  /** Nothing new is written to it. */
  isReleased: boolean;
}

const setTimes = promisify(futimes);

/**
 * Writes a ledger to a file, again and again, so that others always find a whole state in it. A
 * commit costs three writes, of which the largest is that of the numbers; keys are written once.
 */
export class FileWriter {
  readonly #directory: string;
  readonly #owner: ProcessIdentity;
  #id: string;
  #file: OpenFile | undefined;

  constructor(directory: string, owner: ProcessIdentity) {
    this.#directory = directory;
    this.#owner = owner;
    this.#id = createFileId(owner);
  }

  /** Of the file, see `FileName`. */
  get id(): string {
    return this.#id;
  }

  /** The descriptor of the file; `undefined` before the first commit. */
  get fd(): number | undefined {
    return this.#file?.fd;
  }

  /** Whether the file was written and is no longer there under its name. */
  async isLost(): Promise<boolean> {
    const file = this.#file;
    if (file === undefined || file.temporary !== undefined) return false;
    try {
      const { ino } = await promises.stat(this.#path('process'), { bigint: true });
      return ino !== file.inode && this.#file === file;
    } catch (error) {
      return isAbsent(error) && this.#file === file;
    }
  }

  /** As `isLost`, at once. */
  isLostNow(): boolean {
    const file = this.#file;
    if (file === undefined || file.temporary !== undefined) return false;
    try {
      return statSync(this.#path('process'), { bigint: true }).ino !== file.inode;
    } catch (error) {
      return isAbsent(error);
    }
  }

  /** Lets the next commit write a new file. */
  startAnew(): void {
    const file = this.#file;
    this.#file = undefined;
    this.#id = createFileId(this.#owner);
    if (file === undefined) return;
    file.isReleased = true;
    if (file.pending === 0) closeSync(file.fd);
  }

  /** Makes what the ledger holds visible to other processes. One call at a time. */
  async commit(ledger: Ledger): Promise<void> {
    const file = (this.#file ??= this.#create());
    const plan = planFor(file, ledger, false);
    const isOvertaken = (): boolean => file.isReleased || file.newest !== plan.before;
    file.next = plan;
    await whileOpen(file, async ({ fd }) => {
      await writeAll(fd, plan.addedKeys);
      await writeAll(fd, plan.numbers);
      const checksum = await pacedChecksum(plan.numbers.bytes);
      if (isOvertaken()) throw new SupersededError();
      this.#finish(file, plan, checksum);
    }).finally(() => (file.next = undefined));
  }

  /**
   * As `commit`, at once, also while another commit is under way, which this one overtakes.
   *
   * @param isClosed the file gets no other state after this one
   */
  commitNow(ledger: Ledger, isClosed: boolean): void {
    const file = (this.#file ??= this.#create());
    const plan = planFor(file, ledger, isClosed);
    writeAllNow(file.fd, plan.addedKeys);
    writeAllNow(file.fd, plan.numbers);
    this.#finish(file, plan, crc32(plan.numbers.bytes));
  }

  /** Says that the process is alive though nothing has changed. */
  async touch(): Promise<void> {
    const now = Date.now() / 1000;
    if (this.#file !== undefined) await whileOpen(this.#file, ({ fd }) => setTimes(fd, now, now));
  }

  /** Made beside the others, and put in its place with its first commit. */
  #create(): OpenFile {
    const temporary = this.#path('temporary');
    const fd = openSync(temporary, 'wx+', 0o600);
    try {
      writeAllNow(fd, { bytes: encodeHeader(), position: 0 });
      const inode = fstatSync(fd, { bigint: true }).ino;
      return {
        fd,
        inode,
        temporary,
        areas: [],
        newest: undefined,
        previous: undefined,
        next: undefined,
        pending: 0,
        isReleased: false,
        reserve: (position, length) => reserve(fd, position, length),
      };
    } catch (error) {
      closeSync(fd);
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  /** In one go, so that no other state is made meanwhile. */
  #finish(file: OpenFile, { commit, keys, values }: Plan, valueChecksum: number): void {
    const whole = { ...commit, valueChecksum };
    const position = COMMIT_POSITIONS[commit.generation % 2 === 0 ? 0 : 1];
    writeAllNow(file.fd, { bytes: encodeCommit(whole), position });
    file.previous = file.newest;
    file.newest = { commit: whole, keys, values };
    const { temporary } = file;
    if (temporary === undefined) return;
    try {
      renameSync(temporary, this.#path('process'));
      file.temporary = undefined;
    } catch (error) {
      rmSync(temporary, { force: true });
      this.startAnew();
      throw error;
    }
  }

  #path(kind: 'process' | 'temporary'): string {
    return join(this.#directory, fileNameOf(this.#id, kind));
  }
}

/** Takes all of the room, or none: a state that needs less than that may still have its place. */
function reserve(fd: number, position: number, length: number): void {
  try {
    writeAllNow(fd, { bytes: Buffer.alloc(length), position });
  } catch {
    ftruncateSync(fd, position);
  }
}

/** Keeps the descriptor of a file from being closed meanwhile, and used for another file. */
async function whileOpen(file: OpenFile, action: (file: OpenFile) => Promise<void>): Promise<void> {
  file.pending += 1;
  try {
    await action(file);
  } finally {
    file.pending -= 1;
    if (file.isReleased && file.pending === 0) closeSync(file.fd);
  }
}

/** Of a large ledger, the event loop goes on between. */
async function pacedChecksum(bytes: Buffer): Promise<number> {
  let checksum = EMPTY_CHECKSUM;
  for (let start = 0; start < bytes.length; start += CHECKSUM_SLICE) {
    if (start > 0) await nextTurn();
    checksum = crc32(bytes.subarray(start, start + CHECKSUM_SLICE), checksum);
  }
  return checksum;
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

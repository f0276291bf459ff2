import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  bytesOf,
  commitPosition,
  createLayout,
  encodeCommit,
  encodeLayout,
  HEADER_BYTES,
  valuesPosition,
  type Commit,
  type Layout,
} from './file-format.js';
import type { Ledger } from './ledger.js';
import { createFileName, type ProcessIdentity } from './process-identity.js';

/** Bytes over which a checksum is made in one go: about 30 µs. */
const CHECKSUM_SLICE = 65_536;

interface OpenFile {
  readonly handle: FileHandle;
  readonly layout: Layout;
  readonly inode: bigint;
  readonly ledger: Ledger;
}

/** A commit was overtaken by `commitNow`, which has written as much. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/**
 * Writes a ledger to a file, again and again. A commit costs three writes, of which the largest is
 * that of the numbers; the keys are written once.
 */
export class ProcessFile {
  readonly #directory: string;
  readonly #owner: ProcessIdentity;
  #name: string;
  #open: OpenFile | undefined;
  #generation = 0;
  #writtenKeys = 0;

  constructor(directory: string, owner: ProcessIdentity) {
    this.#directory = directory;
    this.#owner = owner;
    this.#name = createFileName(owner, 'process');
  }

  /** Without the directory. */
  get name(): string {
    return this.#name;
  }

  get path(): string {
    return join(this.#directory, this.#name);
  }

  /** Whether the file was written and is no longer there: somebody took this process for dead. */
  async isLost(): Promise<boolean> {
    const file = this.#open;
    if (file === undefined) return false;
    try {
      const { ino } = await stat(this.path, { bigint: true });
      return ino !== file.inode && this.#open === file;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' && this.#open === file;
    }
  }

  /** Lets the next commit write a new file. */
  async startAnew({ underNewName }: { readonly underNewName: boolean }): Promise<void> {
    if (underNewName) this.#name = createFileName(this.#owner, 'process');
    await this.#release();
  }

  /** Whether there is a file to which the next commit can add. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Makes what the ledger holds visible to other processes. The ledger must not change meanwhile. */
  async commit(ledger: Ledger): Promise<void> {
    const file = this.#open;
    const fits =
      file?.ledger === ledger &&
      ledger.keyBytes <= file.layout.keyCapacity &&
      ledger.valueCount <= file.layout.valueCapacity;
    if (fits) await this.#update(file, ledger);
    else await this.#replace(ledger);
  }

  /**
   * As `commit`, at once, also while another commit is under way: that one goes on in the file
   * whose place this one takes.
   */
  commitNow(ledger: Ledger, isClosed: boolean): void {
    const generation = this.#generation + 1;
    const temporary = join(this.#directory, createFileName(this.#owner, 'temporary'));
    try {
      const fd = openSync(temporary, 'wx', 0o600);
      try {
        for (const { bytes, position } of wholeFile(
          layoutFor(ledger),
          ledger,
          generation,
          isClosed,
        )) {
          writeAllSync(fd, bytes, position);
        }
      } finally {
        closeSync(fd);
      }
      renameSync(temporary, this.path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    this.#generation = generation;
    const { handle } = this.#open ?? {};
    this.#open = undefined;
    handle?.close().catch(() => undefined);
  }

  /** Says that the process is alive though nothing has changed. */
  async touch(): Promise<void> {
    const now = Date.now() / 1000;
    await this.#open?.handle.utimes(now, now);
  }

  async #update(file: OpenFile, ledger: Ledger): Promise<void> {
    try {
      await this.#writeChanges(file, ledger);
    } catch (error) {
      throw this.#open === file ? error : new SupersededError();
    }
  }

  async #writeChanges({ handle, layout }: OpenFile, ledger: Ledger): Promise<void> {
    const generation = this.#generation + 1;
    const { keyBytes, valueCount } = ledger;
    const values = bytesOf(ledger.values, valueCount);
    if (keyBytes > this.#writtenKeys) {
      const keys = ledger.keys.subarray(this.#writtenKeys, keyBytes);
      await writeAll(handle, keys, HEADER_BYTES + this.#writtenKeys);
      this.#writtenKeys = keyBytes;
    }
    await writeAll(handle, values, valuesPosition(layout, generation));
    const commit = commitOf(ledger, generation, await pacedChecksum(values));
    await writeAll(handle, encodeCommit(commit), commitPosition(generation));
    this.#generation = generation;
  }

  /** Written beside and put into place when it is whole, so that nobody sees a part of it. */
  async #replace(ledger: Ledger): Promise<void> {
    const generation = this.#generation + 1;
    const layout = layoutFor(ledger);
    const { keyBytes } = ledger;
    const parts = wholeFile(layout, ledger, generation, false);
    const temporary = join(this.#directory, createFileName(this.#owner, 'temporary'));
    let handle: FileHandle | undefined;
    try {
      handle = await open(temporary, 'wx', 0o600);
      for (const { bytes, position } of parts) await writeAll(handle, bytes, position);
      // At once, so that it cannot take the place of what `commitNow` has written meanwhile.
      if (this.#generation + 1 !== generation) throw new SupersededError();
      renameSync(temporary, this.path);
    } catch (error) {
      await handle?.close();
      rmSync(temporary, { force: true });
      throw error;
    }
    await this.#release();
    const { ino: inode } = fstatSync(handle.fd, { bigint: true });
    this.#open = { handle, layout, inode, ledger };
    this.#generation = generation;
    this.#writtenKeys = keyBytes;
  }

  async #release(): Promise<void> {
    const { handle } = this.#open ?? {};
    this.#open = undefined;
    await handle?.close();
  }
}

interface Part {
  readonly bytes: Buffer;
  readonly position: number;
}

/** A layout with room for twice as much, so that a growing ledger seldom needs a new one. */
function layoutFor({ keyBytes, valueCount }: Ledger): Layout {
  return createLayout(Math.max(4096, keyBytes * 2), Math.max(512, valueCount * 2));
}

/** All that has to be written to a new file, for the given generation to be its only one. */
export function wholeFile(
  layout: Layout,
  ledger: Ledger,
  generation: number,
  isClosed: boolean,
): Part[] {
  const values = bytesOf(ledger.values, ledger.valueCount);
  const header = encodeLayout(layout);
  const commit = { ...commitOf(ledger, generation, crc32(values)), isClosed };
  encodeCommit(commit).copy(header, commitPosition(generation));
  return [
    { bytes: header, position: 0 },
    { bytes: ledger.keys.subarray(0, ledger.keyBytes), position: HEADER_BYTES },
    { bytes: values, position: valuesPosition(layout, generation) },
  ];
}

function commitOf(ledger: Ledger, generation: number, valueChecksum: number): Commit {
  const { keyBytes, keyChecksum, valueCount } = ledger;
  return { generation, keyBytes, keyChecksum, valueCount, valueChecksum, isClosed: false };
}

async function pacedChecksum(bytes: Buffer): Promise<number> {
  let checksum = 0;
  for (let start = 0; start < bytes.length; start += CHECKSUM_SLICE) {
    checksum = crc32(bytes.subarray(start, start + CHECKSUM_SLICE), checksum);
    if (start % (16 * CHECKSUM_SLICE) === 15 * CHECKSUM_SLICE) await nextTurn();
  }
  return checksum;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function writeAllSync(fd: number, bytes: Buffer, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}

import { closeSync, fstatSync, openSync, renameSync, rmSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  bytesOf,
  commitPosition,
  encodeCommit,
  HEADER_BYTES,
  valuesPosition,
  type Layout,
} from './file-format.js';
import {
  commitOf,
  layoutFor,
  pacedChecksum,
  wholeFile,
  writeAll,
  writeAllSync,
} from './file-parts.js';
import type { Ledger } from './ledger.js';
import { createFileName, type ProcessIdentity } from './process-identity.js';

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
export class FileWriter {
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

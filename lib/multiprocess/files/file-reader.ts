import { constants, fstatSync, promises, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Pace } from '../../core/pace.js';
import type { FamilyValues, Snapshot } from './family-definition.js';
import { decodeHeader, EMPTY_CHECKSUM, HEADER_BYTES, type Commit } from './file-format.js';
import {
  decodeKeyLine,
  KeyTable,
  type FoldRecord,
  type KeyLine,
  type ProcessRecord,
} from './key-table.js';

/** The file is none of ours, or damaged. */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
}

const NOT_REGULAR = 'it is no regular file';

/** How often a file is read again because it was written meanwhile. */
const ATTEMPTS = 5;

/** How many bytes of keys and values are looked at in one go: about 100 µs. */
const CHECKSUM_SLICE = 65_536;

/** Links are not followed, and opening a pipe waits for nobody. Windows has neither. */
export const OPEN_FLAGS =
  constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * One file of the directory, as it was when it was read last. Keys are read and parsed once, so
 * that reading a file again costs as much as its numbers have bytes. A reading that fails leaves
 * everything as it was before.
 */
export class FileReader implements Snapshot {
  values: Float64Array = new Float64Array(0);
  /** The last commit that was read. */
  commit: Commit | undefined;
  /** Milliseconds since the epoch: when the file was written or touched. */
  modifiedAt = 0;
  /** Milliseconds since the epoch: when the file was written, touched or renamed. */
  changedAt = 0;
  #table = new KeyTable();
  #mark: string | undefined;

  /** @param name of the file, without its directory */
  constructor(readonly name: string) {}

  get families(): readonly FamilyValues[] {
    return this.#table.families;
  }

  get process(): ProcessRecord | undefined {
    return this.#table.process;
  }

  get fold(): FoldRecord | undefined {
    return this.#table.fold;
  }

  /**
   * Reads what has changed.
   *
   * @throws DamagedFileError when there is no whole state in it
   * @throws what the file system says, `ENOENT` say
   */
  async read(directory: string, pace: Pace): Promise<void> {
    const path = join(directory, this.name);
    // Opening a device may do something: what is no file is not opened.
    const isNew = this.commit === undefined;
    if (isNew && !(await promises.lstat(path)).isFile()) throw new DamagedFileError(NOT_REGULAR);
    const handle = await openUnfollowed(path);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new DamagedFileError(NOT_REGULAR);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const bytes = await readExactly(handle, 0, HEADER_BYTES);
        const header = bytes === undefined ? undefined : decodeHeader(bytes);
        if (header === undefined) break;
        for (const commit of header.commits) {
          if (!(await this.#readCommit(handle, header.mark, commit, pace))) continue;
          this.modifiedAt = stats.mtimeMs;
          this.changedAt = stats.ctimeMs;
          return;
        }
      }
    } finally {
      await handle.close();
    }
    throw new DamagedFileError(
      'it is damaged, or was written by something else or by another version',
    );
  }

  /** `false` when the commit's values are no longer there, or never were. */
  async #readCommit(
    handle: FileHandle,
    mark: string,
    commit: Commit,
    pace: Pace,
  ): Promise<boolean> {
    const { keyPosition, keyBytes, keyChecksum, valuePosition, valueCount } = commit;
    const isKnown = mark === this.#mark && commit.generation === this.commit?.generation;
    if (isKnown) return true;
    const before = this.#keysBefore(mark, commit);
    const added = await readExactly(handle, keyPosition + before.bytes, keyBytes - before.bytes);
    if (added === undefined) return false;
    if ((await checksumOf(added, before.checksum, pace)) !== keyChecksum) return false;
    const bytes = await readExactly(handle, valuePosition, valueCount * 8);
    if (bytes === undefined) return false;
    if ((await checksumOf(bytes, EMPTY_CHECKSUM, pace)) !== commit.valueChecksum) return false;
    const lines = await parsedLines(added, pace);
    // From here on in one go, so that nobody sees keys of one state and values of another.
    const table = before.bytes === 0 ? new KeyTable() : this.#table;
    addLines(table, lines);
    if (table.valueCount !== valueCount) throw new DamagedFileError('it has values without keys');
    this.#table = table;
    this.#mark = mark;
    this.commit = commit;
    this.values = new Float64Array(bytes.buffer, bytes.byteOffset, valueCount);
    return true;
  }

  /** How much of a commit's keys was read already. */
  #keysBefore(mark: string, { keyEpoch, keyBytes }: Commit): { bytes: number; checksum: number } {
    const known = this.commit;
    const holds =
      known !== undefined &&
      mark === this.#mark &&
      keyEpoch === known.keyEpoch &&
      keyBytes >= known.keyBytes;
    return holds
      ? { bytes: known.keyBytes, checksum: known.keyChecksum }
      : { bytes: 0, checksum: EMPTY_CHECKSUM };
  }
}

/**
 * Reads a state of an open file at once, for a process that has to know what others have read of its
 * own file.
 *
 * @param generation of the state. @default the newest whole one
 * @throws DamagedFileError when it is not there
 */
export function readStateNow(fd: number, generation?: number): Snapshot & KeyTable {
  const file = Buffer.alloc(fstatSync(fd).size);
  let end = 0;
  for (let count = -1; count !== 0; end += count) {
    count = readSync(fd, file, end, file.length - end, end);
  }
  const commits = decodeHeader(file.subarray(0, HEADER_BYTES))?.commits ?? [];
  for (const commit of commits) {
    if (generation !== undefined && commit.generation !== generation) continue;
    const { keyPosition, keyBytes, valuePosition, valueCount } = commit;
    const keys = file.subarray(keyPosition, keyPosition + keyBytes);
    const bytes = file.subarray(valuePosition, valuePosition + valueCount * 8);
    if (crc32(keys) !== commit.keyChecksum || crc32(bytes) !== commit.valueChecksum) continue;
    const table = new KeyTable();
    addLines(table, keys.toString('utf8').split('\n').slice(0, -1).map(decoded));
    // In memory of their own, where numbers have to begin.
    const values = new Float64Array(Uint8Array.from(bytes).buffer);
    return Object.assign(table, { values });
  }
  throw new DamagedFileError('it does not have the state that was asked for');
}

function addLines(table: KeyTable, lines: readonly KeyLine[]): void {
  try {
    for (const line of lines) table.add(line);
  } catch (error) {
    throw new DamagedFileError(`it has keys that make no sense (${String(error)})`);
  }
}

function decoded(text: string): KeyLine {
  try {
    return decodeKeyLine(text);
  } catch (error) {
    throw new DamagedFileError(`it has keys that make no sense (${String(error)})`);
  }
}

async function parsedLines(bytes: Buffer, pace: Pace): Promise<KeyLine[]> {
  const lines: KeyLine[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    lines.push(decoded(bytes.toString('utf8', start, end)));
    start = end + 1;
    if (pace.isOver) await pace.rest();
  }
  return lines;
}

async function openUnfollowed(path: string): Promise<FileHandle> {
  try {
    return await promises.open(path, OPEN_FLAGS);
  } catch (error) {
    const isLink = (error as NodeJS.ErrnoException).code === 'ELOOP';
    throw isLink ? new DamagedFileError(NOT_REGULAR) : error;
  }
}

/** `undefined` when the file is shorter. In memory of its own, at its beginning. */
async function readExactly(
  handle: FileHandle,
  position: number,
  length: number,
): Promise<Buffer | undefined> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return bytes;
}

async function checksumOf(bytes: Buffer, initial: number, pace: Pace): Promise<number> {
  let checksum = initial;
  for (let start = 0; start < bytes.length; start += CHECKSUM_SLICE) {
    checksum = crc32(bytes.subarray(start, start + CHECKSUM_SLICE), checksum);
    if (pace.isOver) await pace.rest();
  }
  return checksum;
}

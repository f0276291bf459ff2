import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Pace } from '../../core/pace.js';
import {
  widthOf,
  type FamilyDefinition,
  type FamilyValues,
  type Snapshot,
} from './family-definition.js';
import {
  decodeCommits,
  decodeLayout,
  EMPTY_CHECKSUM,
  HEADER_BYTES,
  valuesPosition,
  type Commit,
  type Layout,
} from './file-format.js';
import { decodeKeyLine, type FoldRecord, type KeyLine, type ProcessRecord } from './key-lines.js';

/** The file is none of ours, or damaged. */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
}

/** How often a file is read again because it was written meanwhile. */
const ATTEMPTS = 5;

/** How many bytes of keys and values are looked at in one go: about 100 µs. */
const CHECKSUM_SLICE = 65_536;

interface OpenFamily extends FamilyValues {
  readonly labelSets: (readonly string[])[];
  readonly positions: number[];
}

/**
 * One file of the directory, as it was when it was read last. Keys are read and parsed once, so
 * that reading a file again costs as much as its numbers have bytes.
 */
export class FileReader implements Snapshot {
  families: OpenFamily[] = [];
  values: Float64Array = new Float64Array(0);
  process: ProcessRecord | undefined;
  fold: FoldRecord | undefined;
  /** The last commit that was read. */
  commit: Commit | undefined;
  /** Milliseconds since the epoch: when the file was written or touched. */
  modifiedAt = 0;
  #layoutId: string | undefined;
  #keyBytes = 0;
  #keyChecksum = EMPTY_CHECKSUM;
  #valueCount = 0;

  /** @param name of the file, without its directory */
  constructor(readonly name: string) {}

  /**
   * Reads what has changed.
   *
   * @throws DamagedFileError when there is no whole state in it
   * @throws what the file system says, `ENOENT` say
   */
  async read(directory: string, pace: Pace): Promise<void> {
    const handle = await open(join(directory, this.name), 'r');
    try {
      const { mtimeMs, size } = await handle.stat();
      this.modifiedAt = mtimeMs;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const header = await readExactly(handle, 0, HEADER_BYTES);
        const layout = header === undefined ? undefined : decodeLayout(header);
        if (header === undefined || layout === undefined) break;
        for (const commit of decodeCommits(header)) {
          if (await this.#readCommit(handle, layout, commit, size, pace)) return;
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
    layout: Layout,
    commit: Commit,
    size: number,
    pace: Pace,
  ): Promise<boolean> {
    const { keyBytes, valueCount, generation } = commit;
    if (keyBytes > layout.keyCapacity || valueCount > layout.valueCapacity) return false;
    const position = valuesPosition(layout, generation);
    if (HEADER_BYTES + keyBytes > size || position + valueCount * 8 > size) return false;
    // Another file under the same name, or an earlier state than the one whose keys were read.
    if (layout.id !== this.#layoutId || keyBytes < this.#keyBytes) this.#forget(layout.id);
    if (this.commit?.generation === generation && keyBytes === this.#keyBytes) return true;
    if (!(await this.#readKeys(handle, commit, pace))) return false;
    if (this.#valueCount !== valueCount) return false;
    const bytes = await readExactly(handle, position, valueCount * 8);
    if (bytes === undefined) return false;
    if ((await checksumOf(bytes, EMPTY_CHECKSUM, pace)) !== commit.valueChecksum) return false;
    this.values = new Float64Array(bytes.buffer, bytes.byteOffset, valueCount);
    this.commit = commit;
    return true;
  }

  async #readKeys(handle: FileHandle, commit: Commit, pace: Pace): Promise<boolean> {
    const length = commit.keyBytes - this.#keyBytes;
    const bytes = await readExactly(handle, HEADER_BYTES + this.#keyBytes, length);
    if (bytes === undefined) return false;
    const checksum = await checksumOf(bytes, this.#keyChecksum, pace);
    if (checksum !== commit.keyChecksum) return false;
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      this.#readLine(bytes.toString('utf8', start, end));
      start = end + 1;
      if (pace.isOver) await pace.rest();
    }
    this.#keyBytes = commit.keyBytes;
    this.#keyChecksum = checksum;
    return true;
  }

  #readLine(text: string): void {
    const line = decoded(text);
    if ('process' in line) this.process = line.process;
    else if ('fold' in line) this.fold = line.fold;
    else if ('family' in line) this.#addFamily(line.family);
    else this.#addLabelSets(...line.series);
  }

  #addFamily(definition: FamilyDefinition): void {
    this.families.push({ definition, labelSets: [], positions: [] });
  }

  #addLabelSets(index: number, labelSets: readonly (readonly string[])[]): void {
    const family = this.families[index];
    if (family === undefined) throw new DamagedFileError('it has values of an unknown metric');
    const width = widthOf(family.definition);
    for (const labelSet of labelSets) {
      family.labelSets.push(labelSet);
      family.positions.push(this.#valueCount);
      this.#valueCount += width;
    }
  }

  #forget(layoutId: string): void {
    this.families = [];
    this.values = new Float64Array(0);
    this.process = undefined;
    this.fold = undefined;
    this.commit = undefined;
    this.#layoutId = layoutId;
    this.#keyBytes = 0;
    this.#keyChecksum = EMPTY_CHECKSUM;
    this.#valueCount = 0;
  }
}

function decoded(text: string): KeyLine {
  try {
    return decodeKeyLine(text);
  } catch (error) {
    throw new DamagedFileError(`it has keys that make no sense (${String(error)})`);
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

import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
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

/** Bytes over which a checksum is made in one go: about 0.5 ms. */
const CHECKSUM_SLICE = 1_048_576;

/** Bytes that belong to one place of a file. */
export interface Part {
  readonly bytes: Buffer;
  readonly position: number;
}

/** A layout with room for twice as much, so that a growing ledger seldom needs a new one. */
export function layoutFor({ keyBytes, valueCount }: Ledger): Layout {
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

export function commitOf(ledger: Ledger, generation: number, valueChecksum: number): Commit {
  const { keyBytes, keyChecksum, valueCount } = ledger;
  return { generation, keyBytes, keyChecksum, valueCount, valueChecksum, isClosed: false };
}

/** Of a large ledger, the event loop goes on between. */
export async function pacedChecksum(bytes: Buffer): Promise<number> {
  let checksum = 0;
  for (let start = 0; start < bytes.length; start += CHECKSUM_SLICE) {
    if (start > 0) await nextTurn();
    checksum = crc32(bytes.subarray(start, start + CHECKSUM_SLICE), checksum);
  }
  return checksum;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

export function writeAllSync(fd: number, bytes: Buffer, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}

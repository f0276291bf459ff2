import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * The form of a file in which a process keeps its values for the others:
 *
 * | bytes | |
 * |---|---|
 * | 0 | magic, version of the format, a random mark of the file |
 * | 128, 192 | two commits, written in turn |
 * | 512 and after | areas of keys and of values, each where a commit says |
 *
 * Keys are lines of JSON (see `KeyTable`), to which lines are appended, and which are written anew
 * to another area when they have grown too much. Values are numbers, written to an area that none of
 * the last two commits names. A commit says which parts of which areas are valid, with checksums. So
 * a reader always finds a whole state, wherever the writer was stopped or killed, and the state
 * before the last one stays readable until the next commit. A file is never replaced by another one
 * of the same name: when it has to grow, areas are added at its end.
 */
export interface Commit {
  /** Counts up from 1. */
  readonly generation: number;
  /** The writer has ended in order, and its values are final. */
  readonly isClosed: boolean;
  /** Differs when the keys were written anew: what a reader has read of them does not hold then. */
  readonly keyEpoch: number;
  readonly keyPosition: number;
  readonly keyBytes: number;
  readonly keyChecksum: number;
  readonly valuePosition: number;
  readonly valueCount: number;
  readonly valueChecksum: number;
}

export const HEADER_BYTES = 512;

/** The checksum of keys of which there are none yet. */
export const EMPTY_CHECKSUM = 0;

const MAGIC = 0x4e50_4d46;
const FORMAT_VERSION = 3;
const MARK_BYTES = 20;
const COMMIT_BYTES = 56;

/** Where commits are written: a new one goes to the place of the older of the two. */
export const COMMIT_POSITIONS = [128, 192] as const;

/** The first bytes of a new file, without a commit. */
export function encodeHeader(): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(FORMAT_VERSION, 4);
  randomBytes(8).copy(bytes, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, MARK_BYTES - 4)), MARK_BYTES - 4);
  return bytes;
}

export interface Header {
  /** Differs for each file. */
  readonly mark: string;
  /** The commits that are whole, the newest first. */
  readonly commits: readonly Commit[];
}

/** `undefined` when it is no file of this format and version, or is damaged. */
export function decodeHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const isValid =
    bytes.readUInt32LE(0) === MAGIC &&
    bytes.readUInt32LE(4) === FORMAT_VERSION &&
    bytes.readUInt32LE(MARK_BYTES - 4) === crc32(bytes.subarray(0, MARK_BYTES - 4));
  if (!isValid) return undefined;
  const commits = COMMIT_POSITIONS.flatMap((position) => decodeCommit(bytes, position) ?? []);
  commits.sort((a, b) => b.generation - a.generation);
  return { mark: bytes.toString('hex', 8, 16), commits };
}

export function encodeCommit(commit: Commit): Buffer {
  const bytes = Buffer.alloc(COMMIT_BYTES);
  bytes.writeDoubleLE(commit.generation, 0);
  bytes.writeUInt32LE(commit.isClosed ? 1 : 0, 8);
  bytes.writeUInt32LE(commit.keyEpoch, 12);
  bytes.writeDoubleLE(commit.keyPosition, 16);
  bytes.writeUInt32LE(commit.keyBytes, 24);
  bytes.writeUInt32LE(commit.keyChecksum, 28);
  bytes.writeDoubleLE(commit.valuePosition, 32);
  bytes.writeUInt32LE(commit.valueCount, 40);
  bytes.writeUInt32LE(commit.valueChecksum, 44);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, COMMIT_BYTES - 4)), COMMIT_BYTES - 4);
  return bytes;
}

function decodeCommit(header: Buffer, position: number): Commit | undefined {
  const bytes = header.subarray(position, position + COMMIT_BYTES);
  const generation = bytes.readDoubleLE(0);
  const checksum = crc32(bytes.subarray(0, COMMIT_BYTES - 4));
  if (generation === 0 || bytes.readUInt32LE(COMMIT_BYTES - 4) !== checksum) return undefined;
  return {
    generation,
    isClosed: bytes.readUInt32LE(8) === 1,
    keyEpoch: bytes.readUInt32LE(12),
    keyPosition: bytes.readDoubleLE(16),
    keyBytes: bytes.readUInt32LE(24),
    keyChecksum: bytes.readUInt32LE(28),
    valuePosition: bytes.readDoubleLE(32),
    valueCount: bytes.readUInt32LE(40),
    valueChecksum: bytes.readUInt32LE(44),
  };
}

/** The bytes of the first `count` numbers; shares their memory. */
export function bytesOf(values: Float64Array, count: number): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, count * 8);
}

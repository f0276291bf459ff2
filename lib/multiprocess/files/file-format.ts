import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * The file in which a process keeps its values for the others:
 *
 * | bytes | |
 * |---|---|
 * | 0 | magic, version of the format, layout id, capacities |
 * | 128, 192 | two commits, written in turn |
 * | 512 | keys: lines of JSON, which are only ever appended (see `Ledger`) |
 * | after the keys' capacity | two areas of values, written in turn |
 *
 * A commit says how much of the keys and of which area is valid, with checksums. While one area is
 * being written the other one and its commit stay as they are, so that a reader always finds a
 * whole state, wherever the writer was stopped or killed. When a capacity is exceeded, a new file
 * with a larger layout takes the place of the old one.
 */
export interface Layout {
  /** Differs for each layout, so that readers know whether keys that they have read still hold. */
  readonly id: string;
  /** Bytes. */
  readonly keyCapacity: number;
  /** Numbers, in each of the two areas. */
  readonly valueCapacity: number;
}

export interface Commit {
  /** Counts up from 1. Its parity tells the place of the commit and of its values. */
  readonly generation: number;
  readonly keyBytes: number;
  readonly keyChecksum: number;
  readonly valueCount: number;
  readonly valueChecksum: number;
  /** The writer has ended in order, and its values are final. */
  readonly isClosed: boolean;
}

export const HEADER_BYTES = 512;

/** The checksum of keys of which there are none yet. */
export const EMPTY_CHECKSUM = 0;

const MAGIC = 0x4e50_4d46;
const FORMAT_VERSION = 1;
const LAYOUT_BYTES = 28;
const COMMIT_BYTES = 44;
const COMMIT_POSITIONS = [128, 192] as const;

export function createLayout(keyCapacity: number, valueCapacity: number): Layout {
  return { id: randomBytes(8).toString('hex'), keyCapacity, valueCapacity };
}

export function encodeLayout({ id, keyCapacity, valueCapacity }: Layout): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(FORMAT_VERSION, 4);
  bytes.write(id, 8, 8, 'hex');
  bytes.writeUInt32LE(keyCapacity, 16);
  bytes.writeUInt32LE(valueCapacity, 20);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, LAYOUT_BYTES - 4)), LAYOUT_BYTES - 4);
  return bytes;
}

/** `undefined` when it is no file of this format and version, or is damaged. */
export function decodeLayout(header: Buffer): Layout | undefined {
  if (header.length < HEADER_BYTES) return undefined;
  const isValid =
    header.readUInt32LE(0) === MAGIC &&
    header.readUInt32LE(4) === FORMAT_VERSION &&
    header.readUInt32LE(LAYOUT_BYTES - 4) === crc32(header.subarray(0, LAYOUT_BYTES - 4));
  if (!isValid) return undefined;
  return {
    id: header.toString('hex', 8, 16),
    keyCapacity: header.readUInt32LE(16),
    valueCapacity: header.readUInt32LE(20),
  };
}

export function encodeCommit(commit: Commit): Buffer {
  const bytes = Buffer.alloc(COMMIT_BYTES);
  bytes.writeDoubleLE(commit.generation, 0);
  bytes.writeUInt32LE(commit.keyBytes, 8);
  bytes.writeUInt32LE(commit.keyChecksum, 12);
  bytes.writeUInt32LE(commit.valueCount, 16);
  bytes.writeUInt32LE(commit.valueChecksum, 20);
  bytes.writeUInt32LE(commit.isClosed ? 1 : 0, 24);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, COMMIT_BYTES - 4)), COMMIT_BYTES - 4);
  return bytes;
}

/** The commits that are whole, the newest first. */
export function decodeCommits(header: Buffer): Commit[] {
  return COMMIT_POSITIONS.flatMap((position) => {
    const bytes = header.subarray(position, position + COMMIT_BYTES);
    const checksum = crc32(bytes.subarray(0, COMMIT_BYTES - 4));
    const generation = bytes.readDoubleLE(0);
    if (generation === 0 || bytes.readUInt32LE(COMMIT_BYTES - 4) !== checksum) return [];
    return [
      {
        generation,
        keyBytes: bytes.readUInt32LE(8),
        keyChecksum: bytes.readUInt32LE(12),
        valueCount: bytes.readUInt32LE(16),
        valueChecksum: bytes.readUInt32LE(20),
        isClosed: bytes.readUInt32LE(24) === 1,
      },
    ];
  }).sort((a, b) => b.generation - a.generation);
}

/** Where the commit of a generation is written. */
export function commitPosition(generation: number): number {
  return COMMIT_POSITIONS[generation % 2 === 0 ? 0 : 1];
}

/** Where the values of a generation are written. */
export function valuesPosition(layout: Layout, generation: number): number {
  return HEADER_BYTES + layout.keyCapacity + (generation % 2) * layout.valueCapacity * 8;
}

/** The bytes of the first `count` numbers; shares their memory. */
export function bytesOf(values: Float64Array, count: number): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, count * 8);
}

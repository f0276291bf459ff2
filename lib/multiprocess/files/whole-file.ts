import { promises } from 'node:fs';
import { crc32 } from 'node:zlib';
import {
  bytesOf,
  COMMIT_POSITIONS,
  encodeCommit,
  encodeHeader,
  HEADER_BYTES,
} from './file-format.js';
import type { Ledger } from './ledger.js';
import { writeAll } from './write-all.js';

/** Writes a new file that has one state, its last. */
export async function writeWholeFile(path: string, ledger: Ledger): Promise<void> {
  const { keyEpoch, keyBytes, keyChecksum, valueCount } = ledger;
  const values = bytesOf(ledger.values, valueCount);
  const valuePosition = HEADER_BYTES + keyBytes;
  const commit = encodeCommit({
    generation: 1,
    isClosed: true,
    keyEpoch,
    keyPosition: HEADER_BYTES,
    keyBytes,
    keyChecksum,
    valuePosition,
    valueCount,
    valueChecksum: crc32(values),
  });
  const header = encodeHeader();
  commit.copy(header, COMMIT_POSITIONS[1]);
  const handle = await promises.open(path, 'wx', 0o600);
  try {
    const keys = ledger.keys.subarray(0, keyBytes);
    await writeAll(handle.fd, { bytes: header, position: 0 });
    await writeAll(handle.fd, { bytes: keys, position: HEADER_BYTES });
    await writeAll(handle.fd, { bytes: values, position: valuePosition });
  } finally {
    await handle.close();
  }
}

import { write, writeSync } from 'node:fs';
import { promisify } from 'node:util';

/** Bytes that belong to one place of a file. */
export interface Part {
  readonly bytes: Buffer;
  readonly position: number;
}

const writeTo = promisify(write);

/** Writes all bytes, however many calls that takes. */
export async function writeAll(fd: number, { bytes, position }: Part): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await writeTo(fd, bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** As `writeAll`, at once. */
export function writeAllNow(fd: number, { bytes, position }: Part): void {
  let done = 0;
  while (done < bytes.length) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}

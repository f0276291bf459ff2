import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { ScrapeFailure } from './scrape-failure.js';

const GZIP = {
  level: constants.Z_BEST_SPEED,
  chunkSize: 65_536,
  // Lets the main thread render the next chunks while the last ones are being compressed.
  highWaterMark: 4 * 65_536,
};

/** The whole body of a scrape. Readers share the chunks and never change them. */
export interface ScrapeBody {
  readonly chunks: readonly Buffer[];
  /** Bytes of all chunks. */
  readonly length: number;
  readonly isGzip: boolean;
}

/** Keeps chunks as they come. */
export async function plainBody(chunks: AsyncIterable<Buffer>): Promise<ScrapeBody> {
  const kept: Buffer[] = [];
  for await (const chunk of chunks) kept.push(chunk);
  return { chunks: kept, length: lengthOf(kept), isGzip: false };
}

/** Compresses chunks as they come, on a thread of libuv's pool, and keeps the result alone. */
export async function gzipBody(chunks: AsyncIterable<Buffer>): Promise<ScrapeBody> {
  const kept: Buffer[] = [];
  const gzip = createGzip(GZIP);
  await pipeline(chunks, gzip, async (compressed: AsyncIterable<Buffer>) => {
    for await (const chunk of compressed) kept.push(chunk);
  });
  return { chunks: kept, length: lengthOf(kept), isGzip: true };
}

/** Passes chunks on. @throws ScrapeFailure when they have more bytes than allowed */
export async function* limited(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new ScrapeFailure(
        'body_too_large',
        `The metrics take more than ${maxBytes} bytes: use fewer label sets, or raise \`endpoint.maxBodyBytes\``,
      );
    }
    yield chunk;
  }
}

function lengthOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((length, chunk) => length + chunk.length, 0);
}

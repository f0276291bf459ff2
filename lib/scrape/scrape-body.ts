import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { ChunkReader } from './chunk-reader.js';
import { ScrapeFailure } from './scrape-failure.js';

const GZIP = {
  level: constants.Z_BEST_SPEED,
  chunkSize: 65_536,
  // Lets the main thread render the next chunks while the last ones are being compressed.
  highWaterMark: 4 * 65_536,
};

/**
 * Bytes of a streamed body that are there before it begins to be sent, which is the most that a
 * response with `Content-Length` has: 650 label sets of the default histogram. With 4 MiB, scrapes
 * of 10,000 met a collection of all garbage nearly every time instead of now and then, and the
 * longest stall was 3.5 instead of 2.1 ms of the main thread's time.
 */
const HEAD_BYTES = 2 ** 20;

/** The body of a scrape. Readers share the chunks and never change them. */
export interface ScrapeBody {
  readonly chunks: readonly Buffer[];
  /** Bytes of these chunks. */
  readonly length: number;
  /** What follows them and is made while it is being read; without it they are the whole body. */
  readonly rest?: ChunkReader;
  readonly isGzip: boolean;
}

/** Keeps chunks as they come. */
export async function plainBody(chunks: AsyncIterable<Buffer>): Promise<ScrapeBody> {
  const kept: Buffer[] = [];
  for await (const chunk of chunks) kept.push(chunk);
  return { chunks: kept, length: lengthOf(kept), isGzip: false };
}

/**
 * Keeps the first chunks, and makes the others when they are read. A body that is kept makes V8
 * collect all garbage again and again, because of the buffers outside its heap: 100,000 label sets
 * (157 MB) made it do so six to nine times in a scrape, for 6 ms of the main thread's time and up to
 * 16 ms in all where its threads share one core, and took 325 MB instead of 150 MB.
 */
export async function streamedBody(chunks: AsyncIterable<Buffer>): Promise<ScrapeBody> {
  const source = chunks[Symbol.asyncIterator]();
  const head: Buffer[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const { done, value } = await source.next();
    if (done === true) return { chunks: head, length, isGzip: false };
    head.push(value);
    length += value.length;
  }
  return { chunks: head, length, rest: new ChunkReader(source), isGzip: false };
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

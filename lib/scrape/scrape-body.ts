/** The body of a scrape: how it is kept, compressed, bounded, and read by several scrapers. */
import { isAscii } from 'node:buffer';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { ScrapeFailure } from './scrape-failure.js';

const GZIP = {
  level: constants.Z_BEST_SPEED,
  chunkSize: 65_536,
  // Lets the main thread render the next chunks while the last ones are being compressed.
  highWaterMark: 4 * 65_536,
};

/**
 * Bytes of a streamed body that are there before it begins to be sent, which is the most that an
 * uncompressed response with `Content-Length` has. A larger beginning makes V8 look through its
 * whole heap during the scrape, which is what stalls the application the longest.
 */
const HEAD_BYTES = 2 ** 20;

/** Bytes of a piece of text. V8 does not move texts of more than 128 kB when it collects garbage. */
const PIECE = 262_144;

/** The body of a scrape. Readers share the chunks and never change them. */
export interface ScrapeBody {
  readonly chunks: readonly Buffer[];
  /** Bytes of these chunks. */
  readonly length: number;
  /** What follows them and is made while it is being read; without it they are the whole body. */
  readonly rest?: ChunkReader;
  readonly isGzip: boolean;
  /** Takes back a chunk that its reader has done with. Only there when there is one reader alone. */
  readonly giveBack?: (chunk: Buffer) => void;
}

/** Keeps chunks as they come. */
export async function plainBody(chunks: AsyncIterable<Buffer>): Promise<ScrapeBody> {
  const kept: Buffer[] = [];
  for await (const chunk of chunks) kept.push(chunk);
  return { chunks: kept, length: lengthOf(kept), isGzip: false };
}

/**
 * Keeps the first chunks, and makes the others when they are read. Buffers lie outside V8's heap,
 * and V8 looks through all of that heap whenever many have been made: a large body that is kept
 * costs several such looks in each scrape, and twice the memory.
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

/**
 * Compresses chunks as they come, on a thread of libuv's pool, and keeps the result alone.
 *
 * @param giveBack takes back the chunks, of which nobody else has one
 */
export async function gzipBody(
  chunks: AsyncIterable<Buffer>,
  giveBack: (chunk: Buffer) => void,
): Promise<ScrapeBody> {
  const kept: Buffer[] = [];
  const gzip = createGzip(GZIP);
  const unread: { readonly chunk: Buffer; readonly end: number }[] = [];
  const giveBackRead = (): void => {
    // Counts the bytes that have been compressed, not those that wait for it.
    const { bytesWritten } = gzip;
    for (let next = unread[0]; next !== undefined && next.end <= bytesWritten; next = unread[0]) {
      unread.shift();
      giveBack(next.chunk);
    }
  };
  const source = async function* (): AsyncGenerator<Buffer, void, undefined> {
    let end = 0;
    for await (const chunk of chunks) {
      end += chunk.length;
      unread.push({ chunk, end });
      yield chunk;
      giveBackRead();
    }
  };
  await pipeline(source, gzip, async (compressed: AsyncIterable<Buffer>) => {
    for await (const chunk of compressed) kept.push(chunk);
  });
  giveBackRead();
  return { chunks: kept, length: lengthOf(kept), isGzip: true };
}

/**
 * The text of a body that is not compressed, in which each chunk ends with a whole character. It
 * consists of long pieces, which V8 puts together once somebody looks at its characters.
 */
export async function textOf({ chunks, length, rest, giveBack }: ScrapeBody): Promise<string> {
  const piece = Buffer.allocUnsafe(rest === undefined ? Math.min(length, PIECE) : PIECE);
  const kept = chunks.values();
  let text = '';
  let filled = 0;
  for (;;) {
    const chunk = kept.next().value ?? (await rest?.next());
    if (chunk === undefined) return text + decoded(piece.subarray(0, filled));
    if (filled + chunk.length > piece.length) {
      text += decoded(piece.subarray(0, filled));
      filled = 0;
    }
    if (chunk.length > piece.length) text += decoded(chunk);
    else filled += chunk.copy(piece, filled);
    giveBack?.(chunk);
  }
}

function decoded(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
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

/** A place between two chunks, at which readers stand. */
interface Place {
  /** The chunk after this place, once the first reader has asked for it. */
  following?: Promise<Step | undefined> | undefined;
  /** How many readers have gone on from here. */
  passed: number;
}

interface Step {
  readonly chunk: Buffer;
  readonly place: Place;
}

/**
 * Reads chunks that are made when the fastest of their readers gets to them; the others are given
 * the same ones. A chunk is kept until the slowest reader has passed it.
 */
export class ChunkReader {
  #place: Place = { passed: 0 };
  #readers = 1;

  /** @param source of all readers, which nothing else takes chunks from */
  constructor(private readonly source: AsyncIterator<Buffer>) {}

  /**
   * Another reader, which goes on from where this one is.
   *
   * @param readers how many others there will be, instead of this one. They need not read to the end
   */
  fork(readers: number): ChunkReader {
    const fork = new ChunkReader(this.source);
    fork.#place = this.#place;
    fork.#readers = readers;
    return fork;
  }

  /**
   * The next chunk, or `undefined` when there are no more. One call at a time.
   *
   * @throws what the source throws
   */
  async next(): Promise<Buffer | undefined> {
    const place = this.#place;
    const step = await (place.following ??= this.#make());
    if (step === undefined) return undefined;
    this.#place = step.place;
    place.passed += 1;
    // Without this, a place that V8 has moved among its old objects would keep all that follow it
    // until V8 next looks through its whole heap.
    if (place.passed === this.#readers) place.following = undefined;
    return step.chunk;
  }

  async #make(): Promise<Step | undefined> {
    const { done, value } = await this.source.next();
    return done === true ? undefined : { chunk: value, place: { passed: 0 } };
  }
}

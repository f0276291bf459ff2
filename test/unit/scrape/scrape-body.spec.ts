import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gunzipSync } from 'node:zlib';
import { ChunkReader, gzipBody, textOf } from '../../../lib/scrape/scrape-body.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const SIZE = 100_000;

/** Bytes of buffers that are in use. */
function heldBytes(): number {
  // Twice: what one collection finds unused, the next one gives back.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

interface Source {
  readonly chunks: AsyncIterator<Buffer>;
  /** Chunks that were made so far. */
  made: number;
}

function sourceOf(count: number, failsAt = Infinity): Source {
  async function* chunks(): AsyncGenerator<Buffer> {
    while (source.made < count) {
      if (source.made === failsAt) throw new Error('broken');
      source.made += 1;
      yield Buffer.alloc(SIZE, source.made);
    }
  }
  const source: Source = { chunks: chunks(), made: 0 };
  return source;
}

function readersOf(source: Source, count: number): ChunkReader[] {
  const first = new ChunkReader(source.chunks);
  return Array.from({ length: count }, () => first.fork(count));
}

async function read(reader: ChunkReader, most = Infinity): Promise<number[]> {
  const seen: number[] = [];
  while (seen.length < most) {
    const chunk = await reader.next();
    if (chunk === undefined) break;
    seen.push(chunk[0] as number);
  }
  return seen;
}

describe('ChunkReader', () => {
  it('gives every chunk to every reader, however fast they are', async () => {
    const source = sourceOf(9);
    const [a, b, c] = readersOf(source, 3) as [ChunkReader, ChunkReader, ChunkReader];
    expect(await read(a, 4)).toEqual([1, 2, 3, 4]);
    expect(await Promise.all([read(a, 2), read(b, 5), read(c, 1)])).toEqual([
      [5, 6],
      [1, 2, 3, 4, 5],
      [1],
    ]);
    const rests = await Promise.all([read(c), read(b), read(a)]);
    expect(rests).toEqual([
      [2, 3, 4, 5, 6, 7, 8, 9],
      [6, 7, 8, 9],
      [7, 8, 9],
    ]);
    expect(await a.next()).toBeUndefined();
    expect(source.made).toBe(9);
  });

  it('makes a chunk when it is asked for, and once', async () => {
    const source = sourceOf(9);
    const [a, b] = readersOf(source, 2) as [ChunkReader, ChunkReader];
    const [one, same] = await Promise.all([a.next(), b.next()]);
    expect(same).toBe(one);
    expect(source.made).toBe(1);
    await a.next();
    expect(source.made).toBe(2);
  });

  it('tells every reader of an error', async () => {
    const readers = readersOf(sourceOf(9, 2), 2);
    for (const reader of readers) {
      expect(await read(reader, 2)).toEqual([1, 2]);
      await expect(reader.next()).rejects.toThrow('broken');
    }
  });

  it('keeps the chunks that a reader has yet to pass, and no others', async () => {
    const [fast, slow] = readersOf(sourceOf(400), 2) as [ChunkReader, ChunkReader];
    const before = heldBytes();
    await read(fast, 300);
    expect(heldBytes() - before).toBeGreaterThan(290 * SIZE);
    await read(slow, 295);
    expect(heldBytes() - before).toBeLessThan(15 * SIZE);
    expect([await read(fast), await read(slow)].map(({ length }) => length)).toEqual([100, 105]);
  });
});

describe('textOf', () => {
  it.each([
    [0, ''],
    [1, 'a'],
    [3, 'ä€🙂'],
    [40, 'a'.repeat(10_000)],
    [40, '日'.repeat(10_000)],
    [3, 'a'.repeat(300_000)],
  ])('puts %d chunks together', async (count, chunk) => {
    const chunks = Array.from({ length: count }, () => Buffer.from(chunk));
    const length = chunks.reduce((sum, each) => sum + each.length, 0);
    const given: Buffer[] = [];
    const giveBack = (each: Buffer): void => void given.push(each);
    const whole = { chunks, length, isGzip: false, giveBack };
    expect((await textOf(whole)) === chunk.repeat(count)).toBe(true);
    expect(given).toEqual(chunks);
    const [first = Buffer.alloc(0), ...others] = chunks;
    const rest = new ChunkReader(others[Symbol.iterator]() as never);
    const streamed = { chunks: [first], length: first.length, rest, isGzip: false };
    expect((await textOf(streamed)) === chunk.repeat(count)).toBe(true);
  });
});

describe('gzipBody', () => {
  it('gives all chunks back, and none before it is compressed', async () => {
    const given = Array.from({ length: 40 }, () => randomBytes(65_536));
    const whole = Buffer.concat(given);
    async function* source(): AsyncGenerator<Buffer> {
      yield* given;
    }
    let count = 0;
    const { chunks, isGzip } = await gzipBody(source(), (chunk) => {
      expect(chunk).toBe(given[count]);
      count += 1;
      chunk.fill(0);
    });
    expect(isGzip).toBe(true);
    expect(gunzipSync(Buffer.concat(chunks)).equals(whole)).toBe(true);
    expect(count).toBe(40);
  });
});

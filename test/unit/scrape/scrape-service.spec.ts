import { gunzipSync } from 'node:zlib';
import { ScrapeService, type ScrapeLimits } from '../../../lib/scrape/scrape-service.js';
import type { ScrapeCause } from '../../../lib/scrape/scrape-failure.js';
import type { Family } from '../../../lib/exposition/family.js';
import { OPENMETRICS_FORMAT } from '../../../lib/exposition/text-formats.js';
import { TEXT_FORMAT } from '../../../lib/exposition/text-formats.js';
import { DEFAULT_BUCKETS, HistogramMetric } from '../../../lib/metrics/histogram.js';
import { eventually } from '../../support/eventually.js';

const LIMITS: ScrapeLimits = { timeoutSeconds: 5, collectTimeoutSeconds: 1, maxBodyBytes: 1e9 };

function manySeries(count: number): HistogramMetric {
  const labelNames = ['path'];
  const definition = { name: 'h', help: 'H.', labelNames, buckets: DEFAULT_BUCKETS };
  const metric = new HistogramMetric({ ...definition, maxSeries: count * 2 });
  for (let i = 0; i < count; i++) metric.labels([`/${i}`]).observe(i);
  return metric;
}

interface Setup {
  readonly service: ScrapeService;
  readonly failures: [ScrapeCause, string][];
  /** How often the families were asked for. */
  readonly gathers: () => number;
}

function setUp(families: () => AsyncIterable<Family>, limits: Partial<ScrapeLimits> = {}): Setup {
  const failures: [ScrapeCause, string][] = [];
  let gathers = 0;
  const source = {
    families: () => {
      gathers += 1;
      return families();
    },
    defaultLabels: {},
  };
  const observer = {
    failed: (cause: ScrapeCause, message: string) => void failures.push([cause, message]),
    ended: () => undefined,
  };
  const service = new ScrapeService(source, { ...LIMITS, ...limits }, observer);
  return { service, failures, gathers: () => gathers };
}

async function* only(...families: Family[]): AsyncGenerator<Family> {
  yield* families;
}

/** Families of which the first comes when the promise says so. */
async function* onceThere(promise: Promise<Family>): AsyncGenerator<Family> {
  yield await promise;
}

describe('ScrapeService', () => {
  it('makes one body for those who ask for the same in one turn, and shares its chunks', async () => {
    const { service, gathers } = setUp(() => only(manySeries(1000)));
    const [first, ...others] = await Promise.all(
      Array.from({ length: 50 }, () => service.scrape({ format: TEXT_FORMAT })),
    );
    expect(gathers()).toBe(1);
    for (const other of others) {
      for (const [i, chunk] of other.chunks.entries()) expect(chunk).toBe(first?.chunks[i]);
    }
  });

  it('makes a body for each format, encoding and set of names', async () => {
    const { service, gathers } = setUp(() => only(manySeries(1)));
    const text = { format: TEXT_FORMAT };
    const bodies = await Promise.all([
      service.scrape(text),
      service.scrape({ format: OPENMETRICS_FORMAT }),
      service.scrape({ ...text, gzip: true }),
      service.scrape({ ...text, names: new Set(['h_sum', 'h_count']) }),
      service.scrape({ ...text, names: new Set(['h_count', 'h_sum']) }),
      service.scrape({ ...text, names: new Set() }),
    ]);
    expect(gathers()).toBe(5);
    expect(bodies[3]).toBe(bodies[4]);
    expect(bodies.map(({ length }) => length > 0)).toEqual([true, true, true, true, true, false]);
  });

  it('gives the beginning of a large body that may be streamed, and makes the rest as it is read', async () => {
    const metric = manySeries(5000);
    const { service, gathers } = setUp(() => only(metric));
    const request = { format: TEXT_FORMAT, streamed: true };
    const bodies = await Promise.all([service.scrape(request), service.scrape(request)]);
    const texts: string[] = [];
    for (const { chunks, length, rest } of bodies) {
      expect(Buffer.concat(chunks)).toHaveLength(length);
      expect(length).toBeLessThan(1.2e6);
      const whole = [...chunks];
      for (;;) {
        const chunk = await rest?.next();
        if (chunk === undefined) break;
        // Whoever reads first sees it, and the second the same.
        if (texts.length === 0) metric.labels(['/4999']).observe(1);
        whole.push(chunk);
      }
      texts.push(Buffer.concat(whole).toString());
    }
    expect(texts[0]).toMatch(/^h_count\{path="\/4998"\} 1\nh_bucket/m);
    expect(Number(/^h_count\{path="\/4999"\} (\d+)$/m.exec(texts[0] ?? '')?.[1])).toBeGreaterThan(
      1,
    );
    expect(texts[1]).toBe(texts[0]);
    expect(gathers()).toBe(1);
  });

  it('takes chunks back from a reader that is alone, and writes the next body into them', async () => {
    const { service } = setUp(() => only(manySeries(500)));
    const [first, second] = await Promise.all([
      service.scrape({ format: TEXT_FORMAT }),
      service.scrape({ format: TEXT_FORMAT }),
    ]);
    expect([first, second]).not.toContainEqual(
      expect.objectContaining({ giveBack: expect.anything() }),
    );

    const alone = await service.scrape({ format: TEXT_FORMAT });
    const text = Buffer.concat(alone.chunks).toString();
    const memory = new Set(alone.chunks.map(({ buffer }) => buffer));
    expect(memory.size).toBe(alone.chunks.length);
    for (const chunk of [...alone.chunks, ...alone.chunks, Buffer.alloc(65_536)])
      alone.giveBack?.(chunk);

    const next = await service.scrape({ format: TEXT_FORMAT });
    expect(new Set(next.chunks.map(({ buffer }) => buffer))).toEqual(memory);
    expect(Buffer.concat(next.chunks).toString()).toBe(text);
  });

  it('gives whole bodies where none is large, none may be, or one is asked for', async () => {
    const small = setUp(() => only(manySeries(500)));
    const limited = setUp(() => only(manySeries(5000)), { maxBodyBytes: 64 * 2 ** 20 });
    const { service } = setUp(() => only(manySeries(5000)));
    const bodies = await Promise.all([
      small.service.scrape({ format: TEXT_FORMAT, streamed: true }),
      limited.service.scrape({ format: TEXT_FORMAT, streamed: true }),
      service.scrape({ format: TEXT_FORMAT }),
      service.scrape({ format: TEXT_FORMAT, streamed: true, gzip: true }),
    ]);
    expect(bodies.map(({ rest }) => rest)).toEqual(Array(4).fill(undefined));
  });

  it('does not let a scrape join one that has begun', async () => {
    const { service, gathers } = setUp(() => only(manySeries(20_000)));
    const first = service.scrape({ format: TEXT_FORMAT });
    await new Promise((resolve) => setImmediate(resolve));
    const second = service.scrape({ format: TEXT_FORMAT });
    expect(await first).not.toBe(await second);
    expect(gathers()).toBe(2);
  });

  it('compresses what it would send plain', async () => {
    const { service } = setUp(() => only(manySeries(5000)));
    const plain = await service.scrape({ format: TEXT_FORMAT });
    const gzip = await service.scrape({ format: TEXT_FORMAT, gzip: true });
    const compressed = Buffer.concat(gzip.chunks);
    expect([plain.isGzip, gzip.isGzip]).toEqual([false, true]);
    expect(compressed).toHaveLength(gzip.length);
    expect(gunzipSync(compressed).equals(Buffer.concat(plain.chunks))).toBe(true);
    expect(gzip.length).toBeLessThan(plain.length / 10);
  });

  it('gives up at its time limit, even when the source never does', async () => {
    const { service } = setUp(() => onceThere(new Promise(() => undefined)), {
      timeoutSeconds: 0.05,
    });
    const scrape = service.scrape({ format: TEXT_FORMAT });
    await expect(scrape).rejects.toMatchObject({ failure: 'timeout' });
  });

  it('gives up a body that is too large', async () => {
    for (const gzip of [false, true]) {
      const { service } = setUp(() => only(manySeries(5000)), { maxBodyBytes: 100_000 });
      const scrape = service.scrape({ format: TEXT_FORMAT, gzip });
      await expect(scrape).rejects.toMatchObject({ failure: 'body_too_large' });
    }
  });

  it('tells an error of the source from others', async () => {
    const { service } = setUp(() => onceThere(Promise.reject(Object.create(null))));
    const scrape = service.scrape({ format: TEXT_FORMAT });
    await expect(scrape).rejects.toMatchObject({ failure: 'internal' });
  });

  it('stops with the last reader, and not before', async () => {
    let steps = 0;
    async function* endless(): AsyncGenerator<Family> {
      for (;;) {
        steps += 1;
        await new Promise((resolve) => setImmediate(resolve));
        yield { name: `g${steps}`, type: 'gauge', values: [] };
      }
    }
    const { service } = setUp(endless, { timeoutSeconds: 60 });
    const readers = [new AbortController(), new AbortController()];
    const scrapes = readers.map(({ signal }) => service.scrape({ format: TEXT_FORMAT, signal }));
    const outcomes = Promise.allSettled(scrapes);
    const gone = new Error('gone');
    readers[0]?.abort(gone);
    await expect(scrapes[0]).rejects.toBe(gone);
    const before = steps;
    await eventually(() => expect(steps).toBeGreaterThan(before));
    readers[1]?.abort(gone);
    await outcomes;
    await eventually(async () => {
      const after = steps;
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(steps).toBe(after);
    });
  });

  it('begins anew for a scrape that comes when all others have left', async () => {
    const { service, gathers } = setUp(() => only(manySeries(1)));
    const reader = new AbortController();
    const left = service.scrape({ format: TEXT_FORMAT, signal: reader.signal });
    const isGone = expect(left).rejects.toThrow('gone');
    reader.abort(new Error('gone'));
    const body = await service.scrape({ format: TEXT_FORMAT });
    await isGone;
    expect([body.length > 0, gathers()]).toEqual([true, 1]);
  });

  it('reports samples that cannot be written, and leaves them out', async () => {
    const values = [
      { value: 1, labels: {} },
      { value: 2, labels: { 'not legal': 'x' } },
    ];
    const { service, failures } = setUp(() => only({ name: 'g', type: 'gauge', values }));
    const body = await service.scrape({ format: TEXT_FORMAT });
    expect(Buffer.concat(body.chunks).toString()).toBe('# TYPE g gauge\ng 1\n');
    expect(failures).toEqual([['invalid_sample', expect.stringContaining('"g"')]]);
  });

  it('gives a scraper that waits a shorter time a body of its own, and up in time', async () => {
    const { service, failures, gathers } = setUp(() => onceThere(new Promise(() => undefined)));
    const hurried = { toCollect: 0, inAll: 5 };
    const patient = new AbortController();
    const others = service.scrape({ format: TEXT_FORMAT, signal: patient.signal });
    const scrape = service.scrape({ format: TEXT_FORMAT, patience: hurried });
    await expect(scrape).rejects.toThrow('A scrape took longer than 0.005 s');
    expect([gathers(), failures]).toEqual([2, []]);
    patient.abort(new Error('gone'));
    await expect(others).rejects.toThrow('gone');
  });
});

import * as fc from 'fast-check';
import { HistogramMetric } from '../../../lib/metrics/histogram.js';
import { bucketIndexOf } from '../../../lib/metrics/native-schema.js';
import { SummaryMetric } from '../../../lib/metrics/summary.js';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { OwnMetrics } from '../../../lib/registry/own-metrics.js';
import { nextTurns } from '../../support/eventually.js';
import { bucketsOfSpans, millisecondsOf, type ReadHistogram } from '../../support/read-protobuf.js';
import { histogramOf, scrapeProtobuf, SharedDirectory, type Member } from './support.js';

interface Resolution {
  readonly bucketFactor: number;
  readonly maxBuckets: number;
}

const USUAL: Resolution = { bucketFactor: 1.1, maxBuckets: 160 };

const ZERO_THRESHOLD = 0.001;

function histogram({ bucketFactor, maxBuckets }: Resolution): HistogramMetric {
  const native = { bucketFactor, maxBuckets, zeroThreshold: ZERO_THRESHOLD, classicBuckets: true };
  const definition = { name: 'h', help: 'h', labelNames: ['n'], maxSeries: 10_000 };
  return new HistogramMetric({ ...definition, buckets: [1], native });
}

/** One process, and what it has observed under each label. */
class Observer {
  readonly member: Member;
  readonly metric: HistogramMetric;
  readonly observed = new Map<string, number[]>();

  constructor(shared: SharedDirectory, resolution: Resolution) {
    this.member = shared.member();
    this.metric = this.member.use(histogram(resolution));
  }

  observe(label: string, value: number): void {
    this.metric.labels([label]).observe(value);
    this.observed.set(label, [...(this.observed.get(label) ?? []), value]);
  }

  remove(label: string): void {
    this.metric.remove([label]);
    this.observed.delete(label);
  }
}

function expected(values: readonly number[], schema: number, sign: 1 | -1): [number, number][] {
  const buckets = new Map<number, number>();
  for (const value of values) {
    if (!(value * sign > ZERO_THRESHOLD)) continue;
    const index = bucketIndexOf(value * sign, schema);
    buckets.set(index, (buckets.get(index) ?? 0) + 1);
  }
  return [...buckets].sort(([a], [b]) => a - b);
}

/** Without the empty buckets that bridge small gaps. */
function filled(...spans: Parameters<typeof bucketsOfSpans>): [number, number][] {
  return [...bucketsOfSpans(...spans)].filter(([, count]) => count !== 0);
}

function expectAll(found: ReadHistogram | undefined, values: readonly number[]): void {
  if (found === undefined) throw new Error('the histogram is not there');
  const { schema = NaN, positiveSpan, positiveDelta, negativeSpan, negativeDelta } = found;
  expect(found.sampleCount).toBe(values.length);
  expect(found.zeroCount).toBe(values.filter((v) => Math.abs(v) <= ZERO_THRESHOLD).length);
  expect(filled(positiveSpan, positiveDelta)).toEqual(expected(values, schema, 1));
  expect(filled(negativeSpan, negativeDelta)).toEqual(expected(values, schema, -1));
}

const LABELS = ['a', 'b'];

/** Shows what all of them have observed, those that have ended included. */
async function expectMerged(
  shared: SharedDirectory,
  observers: readonly Observer[],
): Promise<void> {
  const families = await scrapeProtobuf(shared.source);
  for (const label of LABELS) {
    const values = observers.flatMap(({ observed }) => observed.get(label) ?? []);
    const found = histogramOf(families, 'h', label);
    if (values.length > 0) expectAll(found, values);
    else expect(found?.sampleCount ?? 0).toBe(0);
  }
}

const label = fc.constantFrom(...LABELS);
const value = fc.oneof(
  fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom(0, 1, 1e300, 1e-300),
);
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ does: fc.constant('observe' as const), label, value }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('write' as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('remove' as const), label }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('end' as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('scrape' as const) }) },
);
const resolution = fc.record({
  bucketFactor: fc.constantFrom(1.02, 1.1, 1.5, 4),
  maxBuckets: fc.constantFrom(2, 8, 160),
});

it('are merged exactly, at the coarsest resolution, also those of ended processes', async () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 2 }), step), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(resolution, { minLength: 3, maxLength: 3 }),
      steps,
      async (resolutions, given) => {
        const shared = new SharedDirectory();
        const all: Observer[] = [];
        const start = (at: number): Observer => {
          const started = new Observer(shared, resolutions[at] as Resolution);
          all.push(started);
          return started;
        };
        const living = [0, 1, 2].map(start);
        try {
          for (const [at, each] of given) {
            const one = living[at] as Observer;
            if (each.does === 'observe') one.observe(each.label, each.value);
            else if (each.does === 'write') await one.member.writer.flush();
            else if (each.does === 'remove') one.remove(each.label);
            else if (each.does === 'scrape') {
              for (const { member } of living) await member.writer.flush();
              await expectMerged(shared, all);
            } else {
              await one.member.writer.close();
              living[at] = start(at);
            }
          }
          for (const { member } of living) await member.writer.flush();
          await expectMerged(shared, all);
          await shared.source.idle();
          for (const { member } of living) await member.writer.close();
          await expectMerged(shared, all);
          await shared.source.idle();
          await expectMerged(shared, all);
        } finally {
          await shared.remove();
        }
      },
    ),
    { numRuns: 60 },
  );
});

describe('processes of different resolution', () => {
  let shared: SharedDirectory;
  beforeEach(() => {
    shared = new SharedDirectory();
  });
  afterEach(() => shared.remove());

  it('meet at the coarsest, and are not taken for different metrics', async () => {
    const observers = [USUAL, { ...USUAL, bucketFactor: 2 }].map(
      (each) => new Observer(shared, each),
    );
    for (const each of observers) {
      for (let i = 1; i <= 50; i++) each.observe('a', i / 10);
      await each.member.writer.flush();
    }
    expect(histogramOf(await scrapeProtobuf(shared.source), 'h', 'a')?.schema).toBe(0);
    await expectMerged(shared, observers);
    expect(shared.counted).toEqual([]);
  });

  it('lose nothing when the buckets of one are made wider after they were written', async () => {
    const [first, second] = [USUAL, { ...USUAL, maxBuckets: 10 }].map(
      (each) => new Observer(shared, each),
    );
    for (let decade = -3; decade <= 6; decade++) {
      for (const each of [first, second]) {
        for (let i = 1; i <= 20; i++) each?.observe('a', i * 10 ** decade);
        await each?.member.writer.flush();
      }
      await expectMerged(shared, [first, second] as Observer[]);
    }
    expect(second?.metric.labels(['a']).schema).toBeLessThan(3);
  });

  it('with thousands of label sets show each as it was observed', async () => {
    const observers = [USUAL, USUAL].map((each) => new Observer(shared, each));
    for (const each of observers) {
      for (let i = 0; i < 3000; i++) {
        const series = each.metric.labels([String(i)]);
        for (let n = 1; n <= 5; n++) series.observe((i + n) / 100);
      }
      await each.member.writer.flush();
    }
    await observers[0]?.member.writer.close();
    for (let round = 0; round < 2; round++) {
      const families = await scrapeProtobuf(shared.source);
      for (let i = 0; i < 3000; i += 37) {
        const values = [1, 2, 3, 4, 5].flatMap((n) => [(i + n) / 100, (i + n) / 100]);
        expectAll(histogramOf(families, 'h', String(i)), values);
      }
      await shared.source.idle();
    }
  });
});

interface Starts {
  readonly counter: number;
  readonly histogram: number;
  readonly summary: number;
}

/** Makes one of each in a millisecond of its own. */
async function begin({
  metrics,
  writer,
}: Pick<Member, 'metrics' | 'writer'>): Promise<Starts & { counted: CounterMetric }> {
  const since = Date.now();
  while (Date.now() === since) await nextTurns();
  const counted = metrics.use(new CounterMetric({ name: 'c_total', help: 'c', labelNames: ['n'] }));
  const observed = metrics.use(histogram(USUAL)).labels(['a']);
  const summed = metrics
    .use(new SummaryMetric({ name: 's', help: 's', labelNames: ['n'] }))
    .labels(['a']);
  const one = counted.labels(['a']);
  await writer.flush();
  const [counter, summary] = [one.createdAt, summed.createdAt];
  return { counted, counter, histogram: observed.createdAt, summary };
}

describe('start timestamps', () => {
  let shared: SharedDirectory;
  beforeEach(() => {
    shared = new SharedDirectory();
  });
  afterEach(() => shared.remove());

  async function shown(): Promise<Starts> {
    const families = await scrapeProtobuf(shared.source);
    const ofName = (name: string): number => {
      const metric = families.find((family) => family.name === name)?.metric[0];
      const { createdTimestamp } = metric?.counter ?? metric?.histogram ?? metric?.summary ?? {};
      return createdTimestamp === undefined ? NaN : millisecondsOf(createdTimestamp);
    };
    return { counter: ofName('c_total'), histogram: ofName('h'), summary: ofName('s') };
  }

  it('are those of the process that began first, also when it has ended', async () => {
    const [first, second] = [shared.member(), shared.member()];
    const { counted: _, ...oldest } = await begin(first);
    await begin(second);
    expect(await shown()).toEqual(oldest);
    await first.writer.close();
    expect(await shown()).toEqual(oldest);
    await shared.source.idle();
    expect(await shown()).toEqual(oldest);
    await second.writer.close();
    expect(await shown()).toEqual(oldest);
    await shared.source.idle();
    expect(await shown()).toEqual(oldest);
  });

  it('are later for a label set that was removed and came again', async () => {
    const member = shared.member();
    const { counted, counter } = await begin(member);
    counted.remove(['a']);
    while (Date.now() === counter) await nextTurns();
    counted.labels(['a']).inc();
    await member.writer.flush();
    expect((await shown()).counter).toBe(counted.labels(['a']).createdAt);
    expect((await shown()).counter).toBeGreaterThan(counter);
  });

  it('stay when the metric of a closed application is made anew, and goes on', async () => {
    const member = shared.member();
    const { counted, counter } = await begin(member);
    counted.labels(['a']).inc(2);
    await member.writer.flush();
    member.metrics.stop();
    await member.writer.flush();
    const metrics = new OwnMetrics(member.registry);
    metrics.start();
    const { counted: again } = await begin({ metrics, writer: member.writer });
    again.labels(['a']).inc(3);
    await member.writer.flush();
    expect((await shared.scrape()).value('c_total', { n: 'a' })).toBe(5);
    expect((await shown()).counter).toBe(counter);
  });
});

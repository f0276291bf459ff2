import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Counter, Gauge, Histogram, Summary } from 'prom-client';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { HistogramMetric } from '../../../lib/metrics/histogram.js';
import { SummaryMetric } from '../../../lib/metrics/summary.js';
import type { MultiprocessMode } from '../../../lib/metrics/multiprocess-mode.js';
import { nextTurns } from '../../support/eventually.js';
import { SharedDirectory, type Member } from './support.js';

let shared: SharedDirectory;
beforeEach(() => {
  shared = new SharedDirectory();
});
afterEach(() => shared.remove());

const pid = String(process.pid);

async function withGauge(multiprocessMode: MultiprocessMode, value: number): Promise<Member> {
  // Each in a millisecond of its own, so that one of them is the most recent.
  const since = Date.now();
  while (Date.now() === since) await nextTurns();
  const member = shared.member();
  const gauge = new GaugeMetric({ name: 'g', help: 'g', multiprocessMode });
  member.use(gauge).labels([]).set(value);
  await member.writer.flush();
  return member;
}

describe('the sum over processes', () => {
  it('adds counters, histograms and summaries by label set', async () => {
    for (const path of ['/a', '/b', '/a']) {
      const member = shared.member();
      member.use(new CounterMetric({ name: 'c_total', help: 'c', labelNames: ['path'] }));
      const counter = member.use(
        new CounterMetric({ name: 'c_total', help: 'c', labelNames: ['path'] }),
      );
      counter.labels([path]).inc(2);
      const histogram = new HistogramMetric({ name: 'h', help: 'h', buckets: [1, 2] });
      member.use(histogram).labels([]).observe(1.5);
      histogram.labels([]).observe(9);
      member
        .use(new SummaryMetric({ name: 's', help: 's', percentiles: [0.5] }))
        .labels([])
        .observe(3);
      await member.writer.flush();
    }
    const seen = await shared.scrape();
    expect(seen.value('c_total', { path: '/a' })).toBe(4);
    expect(seen.value('c_total', { path: '/b' })).toBe(2);
    expect(seen.value('h_bucket', { le: '1.0' })).toBe(0);
    expect(seen.value('h_bucket', { le: '2.0' })).toBe(3);
    expect(seen.value('h_count', {})).toBe(6);
    expect(seen.value('h_sum', {})).toBe(31.5);
    expect(seen.value('s_count', {})).toBe(3);
    expect(seen.value('s_sum', {})).toBe(9);
    expect(seen.matching('s')).toEqual([]);
  });

  it('shows new label sets and new values of a file that was read before', async () => {
    const member = shared.member();
    const counter = member.use(
      new CounterMetric({ name: 'c_total', help: 'c', labelNames: ['n'], maxSeries: 10_000 }),
    );
    // Past several layouts of the file.
    for (let n = 0; n < 3000; n++) {
      counter.labels([String(n)]).inc();
      if (n % 500 !== 499) continue;
      await member.writer.flush();
      expect((await shared.scrape()).sum('c_total', {})).toBe(n + 1);
    }
  });

  it('has the sum and the classic buckets of native histograms', async () => {
    const native = { bucketFactor: 1.1, maxBuckets: 160, zeroThreshold: 2 ** -128 };
    for (let i = 0; i < 2; i++) {
      const member = shared.member();
      const labelNames = ['n'];
      const definition = { name: 'h', help: 'h', labelNames, buckets: [1, 2] };
      const metric = new HistogramMetric({
        ...definition,
        native: { ...native, classicBuckets: true },
      });
      const histogram = member.use(metric);
      for (const n of ['a', 'b', 'c'])
        for (const value of [0, 1.5, 9]) histogram.labels([n]).observe(value);
      await member.writer.flush();
    }
    for (let round = 0; round < 2; round++) {
      const seen = await shared.scrape();
      for (const n of ['a', 'b', 'c']) {
        expect(seen.value('h_sum', { n })).toBe(21);
        expect(seen.value('h_bucket', { n, le: '1.0' })).toBe(2);
        expect(seen.value('h_bucket', { n, le: '2.0' })).toBe(4);
        expect(seen.value('h_count', { n })).toBe(6);
      }
    }
  });

  it('takes part with the metrics of prom-client', async () => {
    for (let i = 1; i <= 2; i++) {
      const { registry, source } = shared.member();
      const registers = [registry];
      new Counter({ name: 'pc_total', help: 'c', labelNames: ['a', 'b'], registers }).inc({
        a: 'x',
      });
      const polled = new Gauge({
        name: 'pg',
        help: 'g',
        registers,
        collect() {
          this.set(i);
        },
      });
      expect(registry.getSingleMetric('pg')).toBe(polled);
      const histogram = new Histogram({ name: 'ph', help: 'h', buckets: [1, 2], registers });
      histogram.observe(1.5);
      histogram.observe(3);
      new Summary({ name: 'ps', help: 's', registers }).observe(4);
      await shared.scrape(source);
    }
    const seen = await shared.scrape();
    expect(seen.value('pc_total', { a: 'x' })).toBe(2);
    expect(seen.value('pg', { pid })).toBe(2);
    expect(seen.value('ph_bucket', { le: '1.0' })).toBe(0);
    expect(seen.value('ph_bucket', { le: '2.0' })).toBe(2);
    expect(seen.value('ph_bucket', { le: '+Inf' })).toBe(4);
    expect(seen.value('ph_sum', {})).toBe(9);
    expect(seen.value('ps_count', {})).toBe(2);
  });

  it("keeps the registry's default labels with the series", async () => {
    for (const zone of ['a', 'b']) {
      const member = shared.member();
      member.registry.setDefaultLabels({ zone });
      member
        .use(new CounterMetric({ name: 'c_total', help: 'c' }))
        .labels([])
        .inc();
      await member.writer.flush();
    }
    const seen = await shared.scrape();
    expect(seen.value('c_total', { zone: 'a' })).toBe(1);
    expect(seen.value('c_total', { zone: 'b' })).toBe(1);
  });
});

describe('gauges', () => {
  /** Two processes of which the first, with 5, has ended; the second one, with 3, set its last. */
  const CASES: [MultiprocessMode, { before: number[]; after: number[] }][] = [
    ['sum', { before: [8], after: [8] }],
    ['livesum', { before: [8], after: [3] }],
    ['min', { before: [3], after: [3] }],
    ['livemin', { before: [3], after: [3] }],
    ['max', { before: [5], after: [5] }],
    ['livemax', { before: [5], after: [3] }],
    ['mostrecent', { before: [3], after: [3] }],
    ['livemostrecent', { before: [3], after: [3] }],
  ];

  it.each(CASES)('%s', async (mode, { before, after }) => {
    const [first, second] = [await withGauge(mode, 5), await withGauge(mode, 3)];
    const values = async (): Promise<number[]> =>
      (await shared.scrape()).matching('g').map(({ value }) => value);
    expect(await values()).toEqual(before);
    await first.writer.close();
    expect(await values()).toEqual(after);
    await shared.source.idle();
    expect(await values()).toEqual(after);
    await second.writer.close();
    expect(await values()).toEqual(mode.startsWith('live') ? [] : before);
  });

  it.each(['all', 'liveall'] as const)('%s', async (mode) => {
    const member = await withGauge(mode, 5);
    expect((await shared.scrape()).value('g', { pid })).toBe(5);
    await member.writer.close();
    for (let i = 0; i < 2; i++) {
      expect((await shared.scrape()).value('g', { pid })).toBe(mode === 'all' ? 5 : undefined);
      await shared.source.idle();
    }
  });

  it('forgets a series that prom-client has removed', async () => {
    const { registry, source } = shared.member();
    const gauge = new Gauge({ name: 'pg', help: 'g', labelNames: ['a'], registers: [registry] });
    gauge.set({ a: 'x' }, 1);
    expect((await shared.scrape(source)).value('pg', { a: 'x', pid })).toBe(1);
    gauge.remove('x');
    expect((await shared.scrape(source)).matching('pg')).toEqual([]);
  });
});

describe('series that are removed', () => {
  it('go with what their process counted there, and with nothing else', async () => {
    const counters: { member: Member; counter: CounterMetric }[] = [];
    for (let n = 0; n < 2; n++) {
      const member = shared.member();
      const counter = new CounterMetric({ name: 'c_total', help: 'c', labelNames: ['n'] });
      member.use(counter);
      counter.labels(['a']).inc(3);
      counter.labels(['b']).inc(4);
      await member.writer.flush();
      counters.push({ member, counter });
    }
    const values = async (): Promise<(number | undefined)[]> => {
      for (const { member } of counters) await member.writer.flush();
      const seen = await shared.scrape();
      return ['a', 'b', 'c'].map((n) => seen.value('c_total', { n }));
    };
    const [first, second] = counters.map(({ counter }) => counter);
    expect(await values()).toEqual([6, 8, undefined]);
    first?.remove(['a']);
    expect(await values()).toEqual([3, 8, undefined]);
    first?.labels(['c']).inc();
    second?.remove(['a']);
    expect(await values()).toEqual([undefined, 8, 1]);
    first?.labels(['a']).inc();
    expect(await values()).toEqual([1, 8, 1]);
    first?.clear();
    expect(await values()).toEqual([undefined, 4, undefined]);
  });

  it.each(['own', 'of prom-client'])('leave nothing behind: %s', async (whose) => {
    const member = shared.member();
    const { registry } = member;
    const own = new CounterMetric({ name: 'c_total', help: 'c', labelNames: ['n'] });
    const client = new Counter({ name: 'c_total', help: 'c', labelNames: ['n'], registers: [] });
    if (whose === 'own') member.use(own);
    else registry.registerMetric(client as never);
    for (let round = 0; round < 200; round++) {
      for (let n = 0; n < 50; n++) {
        const label = `round ${round}, number ${n}`;
        if (whose === 'own') own.labels([label]).inc();
        else client.inc({ n: label });
      }
      const seen = await shared.scrape(round % 20 === 0 ? member.source : undefined);
      await member.source.idle();
      if (round % 20 === 0) expect(seen.sum('c_total')).toBe(50);
      await member.writer.refresh(() => undefined, { milliseconds: 1000 });
      own.clear();
      client.reset();
    }
    // The keys of all that were there would take ten times as much.
    expect(statSync(join(shared.path, member.fileName)).size).toBeLessThan(100_000);
  });
});

describe('values that a gauge may have', () => {
  it.each([NaN, Infinity, -Infinity])('%p stays what it is', async (value) => {
    const member = shared.member();
    const { registry, source } = member;
    const gauge = new Gauge({ name: 'pg', help: 'g', registers: [registry] });
    gauge.set(value);
    const own = new GaugeMetric({ name: 'g', help: 'g', multiprocessMode: 'max' });
    const { values, offset } = member.use(own).labels([]);
    values[offset] = value;
    expect((await shared.scrape(source)).value('pg', { pid })).toBe(value);
    for (let i = 0; i < 2; i++) {
      const seen = await shared.scrape();
      expect(seen.value('pg', { pid })).toBe(value);
      expect(seen.value('g', {})).toBe(value);
      await member.writer.close();
      await shared.source.tidy();
    }
  });
});

describe('metrics that processes define differently', () => {
  it('are shown as most living processes define them, never added up', async () => {
    for (const buckets of [[1], [1, 2], [1, 2]]) {
      const member = shared.member();
      member
        .use(new HistogramMetric({ name: 'h', help: 'h', buckets }))
        .labels([])
        .observe(0.5);
      member
        .use(new CounterMetric({ name: 'c_total', help: 'c' }))
        .labels([])
        .inc();
      await member.writer.flush();
    }
    for (let i = 0; i < 2; i++) {
      const seen = await shared.scrape();
      expect(seen.value('h_count', {})).toBe(2);
      expect(seen.value('h_bucket', { le: '2.0' })).toBe(2);
      expect(seen.value('c_total', {})).toBe(3);
    }
    expect(shared.counted).toEqual(['family']);
    expect(shared.warnings).toEqual([expect.stringContaining('"h"')]);
  });
});

import * as fc from 'fast-check';
import type { Family } from '../../../lib/exposition/family.js';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { HistogramMetric, type NativeDefinition } from '../../../lib/metrics/histogram.js';
import { bucketIndexOf } from '../../../lib/metrics/native-schema.js';
import { SummaryMetric } from '../../../lib/metrics/summary.js';
import {
  bucketsOfSpans,
  millisecondsOf,
  samplesOfProtobuf,
  type ReadHistogram,
} from '../../support/read-protobuf.js';
import {
  bodyOf,
  openMetricsOf,
  protobufOf,
  readExposition,
  sampleLines,
} from './exposition-reader.js';

const NATIVE: NativeDefinition = {
  bucketFactor: 1.1,
  maxBuckets: 160,
  zeroThreshold: 2 ** -128,
  classicBuckets: true,
};

function histogram(native?: Partial<NativeDefinition>): HistogramMetric {
  return new HistogramMetric({
    name: 'work_seconds',
    help: 'Work.',
    labelNames: ['path'],
    buckets: [0.1, 1],
    ...(native === undefined ? {} : { native: { ...NATIVE, ...native } }),
  });
}

async function readHistogram(metric: HistogramMetric): Promise<ReadHistogram> {
  const [family] = await protobufOf([metric]);
  return family?.metric[0]?.histogram as ReadHistogram;
}

/** A counter of prom-client with an exemplar. */
const clientCounter = (name: string, exemplar: unknown): Family => ({
  name,
  type: 'counter',
  values: [{ value: 1, exemplar }],
});

const filled = (buckets: ReadonlyMap<number, number>): [number, number][] =>
  [...buckets].filter(([, count]) => count > 0);

describe('the protobuf format', () => {
  it('has each type under its own name, with unit, labels and start', async () => {
    const before = Date.now();
    const counter = new CounterMetric({
      name: 'read_bytes_total',
      help: 'R.',
      labelNames: ['a', 'b'],
    });
    counter.labels(['é"\n', '']).inc(2 ** 40);
    const gauge = new GaugeMetric({ name: 'level', help: 'L.' });
    gauge.labels([]).set(-1.5);
    const summary = new SummaryMetric({ name: 's_seconds', help: 'S.', percentiles: [0.5] });
    summary.labels([]).observe(3);
    const metric = histogram();
    metric.labels(['/']).observe(0.5);
    const families = await protobufOf([counter, gauge, summary, metric]);
    const created = { seconds: expect.any(Number), nanos: expect.any(Number) };
    expect(families).toMatchObject([
      {
        name: 'read_bytes_total',
        help: 'R.',
        type: 'COUNTER',
        unit: 'bytes',
        metric: [{ label: [{ name: 'a', value: 'é"\n' }], counter: { value: 2 ** 40 } }],
      },
      { name: 'level', type: 'GAUGE', unit: '', metric: [{ gauge: { value: -1.5 } }] },
      {
        name: 's_seconds',
        type: 'SUMMARY',
        metric: [{ summary: { sampleCount: 1, sampleSum: 3, quantile: [{ quantile: 0.5 }] } }],
      },
      {
        name: 'work_seconds',
        type: 'HISTOGRAM',
        metric: [{ histogram: { sampleCount: 1, sampleSum: 0.5, createdTimestamp: created } }],
      },
    ]);
    for (const { counter: one, summary: two } of families.flatMap((each) => each.metric)) {
      const start = (one ?? two)?.createdTimestamp;
      if (start === undefined) continue;
      expect(millisecondsOf(start)).toBeGreaterThanOrEqual(before);
      expect(millisecondsOf(start)).toBeLessThanOrEqual(Date.now());
    }
  });

  it('has the series of the text format, also of part of a family', async () => {
    const summary = new SummaryMetric({ name: 's', help: 'S.', percentiles: [0.5, 0.9] });
    summary.labels([]).observe(1);
    const metric = histogram();
    metric.labels(['/a']).observe(0.5);
    metric.labels(['/b']).observe(5);
    const gauge = new GaugeMetric({ name: 'work_seconds_sum', help: 'In the way.' });
    gauge.labels([]).set(1);
    const defaultLabels = { app: 'x', le: '1' };
    for (const names of [
      undefined,
      ['s'],
      ['work_seconds_bucket'],
      ['s_count', 's_sum', 'level'],
    ]) {
      const options = { defaultLabels, names: names && new Set(names) };
      for (const families of [
        [summary, metric],
        [gauge, metric],
        [metric, gauge],
      ]) {
        const text = readExposition(await bodyOf(families, options));
        const read = await protobufOf(families, options);
        expect(read.flatMap(samplesOfProtobuf)).toEqual(
          expect.arrayContaining(text.flatMap(({ samples }) => samples)),
        );
        expect(read.flatMap(samplesOfProtobuf)).toHaveLength(
          text.flatMap(({ samples }) => samples).length,
        );
      }
    }
  });

  it('writes families that are larger than a chunk', async () => {
    const counter = new CounterMetric({
      name: 'c_total',
      help: 'C.',
      labelNames: ['l'],
      maxSeries: 10_000,
    });
    const long = 'x'.repeat(250);
    for (let i = 0; i < 3000; i++) counter.labels([`${long}${i}`]).inc(i);
    const client = {
      name: 'g',
      type: 'gauge',
      values: [{ labels: { value: 'ü'.repeat(100_000) }, value: 1 }],
    };
    const [family, other] = await protobufOf([counter, client]);
    expect(family?.metric.map((metric) => metric.counter?.value)).toEqual(
      Array.from({ length: 3000 }, (_, i) => i),
    );
    expect(other?.metric[0]?.label[0]?.value).toHaveLength(100_000);
  });

  it('has the exemplars of client metrics that are valid', async () => {
    const exemplar = { labelSet: { trace_id: 'a' }, value: 0.5, timestamp: 1_700_000_000.25 };
    const tooLong = { ...exemplar, labelSet: { trace_id: 'x'.repeat(200) } };
    const families = await protobufOf([
      clientCounter('a_total', exemplar),
      clientCounter('b_total', tooLong),
    ]);
    expect(families.map(({ metric }) => metric[0]?.counter?.exemplar)).toEqual([
      {
        label: [{ name: 'trace_id', value: 'a' }],
        value: 0.5,
        timestamp: { seconds: 1_700_000_000, nanos: 250_000_000 },
      },
      undefined,
    ]);
  });
});

describe('native histograms', () => {
  it('have spans and deltas from which the buckets are read again', async () => {
    const values = fc.array(
      fc.oneof(
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        fc.constantFrom(0, 1, 2, 1e-9, 1e9, Infinity, -Infinity),
      ),
      { maxLength: 50 },
    );
    await fc.assert(
      fc.asyncProperty(values, async (observed) => {
        const metric = histogram({});
        metric.labels(['/']);
        for (const value of observed) metric.labels(['/']).observe(value);
        const read = await readHistogram(metric);
        const { schema = NaN, positiveSpan, positiveDelta, negativeSpan, negativeDelta } = read;
        expect(read).toMatchObject({ sampleCount: observed.length, zeroThreshold: 2 ** -128 });
        const model = (factor: number) => {
          const counts = new Map<number, number>();
          for (const value of observed) {
            if (!(value * factor > 2 ** -128)) continue;
            const index = bucketIndexOf(value * factor, schema);
            counts.set(index, (counts.get(index) ?? 0) + 1);
          }
          return [...counts].sort(([a], [b]) => a - b);
        };
        expect(filled(bucketsOfSpans(positiveSpan, positiveDelta))).toEqual(model(1));
        expect(filled(bucketsOfSpans(negativeSpan, negativeDelta))).toEqual(model(-1));
        expect(read.zeroCount).toBe(
          observed.filter((value) => Math.abs(value) <= 2 ** -128).length,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('are recognizable when nothing was observed', async () => {
    const empty = histogram({});
    empty.labels(['/']);
    expect(await readHistogram(empty)).toMatchObject({ schema: 3, positiveSpan: [] });
    const atZero = histogram({ zeroThreshold: 0 });
    atZero.labels(['/']);
    expect(await readHistogram(atZero)).toMatchObject({ positiveSpan: [{ offset: 0, length: 0 }] });
  });

  it('have classic buckets beside them, in every format', async () => {
    const metric = histogram({});
    metric.labels(['/']).observe(0.5);
    expect((await readHistogram(metric)).bucket).toEqual([
      { upperBound: 0.1, cumulativeCount: 0 },
      { upperBound: 1, cumulativeCount: 1 },
    ]);
    expect(sampleLines(await bodyOf([metric]))).toHaveLength(5);
  });

  it('can go without classic buckets, which leaves sum and count to the text formats', async () => {
    const metric = histogram({ classicBuckets: false });
    metric.labels(['/']).observe(0.5, { trace_id: 'a' });
    metric.labels(['/']).observe(50, { trace_id: 'b' });
    const read = await readHistogram(metric);
    expect(read.bucket).toMatchObject([{ upperBound: Infinity, exemplar: { value: 50 } }]);
    expect(read.exemplars.map(({ value }) => value)).toEqual([0.5, 50]);
    const totals = ['work_seconds_sum{path="/"} 50.5', 'work_seconds_count{path="/"} 2'];
    expect(sampleLines(await bodyOf([metric]))).toEqual(totals);
    expect(sampleLines(await openMetricsOf([metric]))).toEqual([
      expect.stringMatching(
        /^work_seconds_bucket\{path="\/",le="\+Inf"\} 2 # \{trace_id="b"\} 50 \d+(\.\d+)?$/,
      ),
      ...totals,
    ]);
  });

  it('show exemplars on their buckets, in OpenMetrics and protobuf alone', async () => {
    const metric = histogram({});
    metric.labels(['/']).observe(0.5, { trace_id: 'a', span_id: '"' });
    expect(await bodyOf([metric])).not.toContain('#  {');
    expect(sampleLines(await bodyOf([metric])).join()).not.toContain('trace_id');
    expect(sampleLines(await openMetricsOf([metric]))[1]).toMatch(
      /le="1\.0"\} 1 # \{trace_id="a",span_id="\\""\} 0\.5 \d/,
    );
    const { bucket, exemplars } = await readHistogram(metric);
    expect(bucket.map(({ exemplar }) => exemplar?.value)).toEqual([undefined, 0.5]);
    expect(exemplars).toHaveLength(1);
  });
});

describe('# UNIT', () => {
  it('stands in OpenMetrics where a name ends in its unit', async () => {
    const metric = histogram();
    const bytes = new CounterMetric({ name: 'read_bytes_total', help: 'R.' });
    const none = new GaugeMetric({ name: 'seconds', help: 'S.' });
    for (const each of [bytes, none]) each.labels([]);
    metric.labels(['/']);
    const body = await openMetricsOf([metric, bytes, none]);
    expect(body.match(/# UNIT .*/g)).toEqual([
      '# UNIT work_seconds seconds',
      '# UNIT read_bytes bytes',
    ]);
    expect(await bodyOf([metric])).not.toContain('# UNIT');
  });
});

import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  Summary,
  type OpenMetricsContentType,
} from 'prom-client';
import type { Family } from '../../../lib/exposition/family.js';
import type { ExpositionProblem } from '../../../lib/exposition/problems.js';
import { bodyOf, openMetricsOf, readExposition, sampleLines } from './exposition-reader.js';

const registers = [new Registry()];

async function problemsOf(...families: Family[]): Promise<ExpositionProblem[]> {
  const problems: ExpositionProblem[] = [];
  await bodyOf(families, { onProblem: (problem) => problems.push(problem) });
  return problems;
}

function types(body: string): string[] {
  return readExposition(body).map(({ name, type }) => `${name} ${type}`);
}

const gauge = (...values: object[]) => ({ name: 'g', help: 'G', type: 'gauge', values });
const histogram = (...values: object[]) => ({ name: 'h', help: 'H', type: 'histogram', values });
const bucket = (le: unknown, value: unknown) => ({
  metricName: 'h_bucket',
  labels: { le },
  value,
});
const sum = { metricName: 'h_sum', labels: {}, value: 1 };
const count = { metricName: 'h_count', labels: {}, value: 2 };
const summary = (...values: object[]) => ({ name: 's', help: 'S', type: 'summary', values });
const quantile = (of: unknown, value: unknown) => ({ labels: { quantile: of }, value });
const counter = (name: string, value: unknown) => ({
  name,
  type: 'counter',
  values: [{ labels: {}, value }],
});
const withLabel = (a: string, { labels, ...rest }: { labels: object }) => ({
  ...rest,
  labels: { ...labels, a },
});

describe('families of prom-client', () => {
  it('writes its four types with the same series in both formats', async () => {
    const requests = new Counter({ name: 'c_total', help: 'C', labelNames: ['a'], registers });
    requests.inc({ a: '1' }, 3);
    const level = new Gauge({ name: 'g', help: 'G', registers });
    level.set(-1.5);
    const durations = new Histogram({
      name: 'h',
      help: 'H',
      labelNames: ['a'],
      buckets: [0.5, 1, 1e6],
      registers,
    });
    durations.observe({ a: 'x' }, 0.7);
    const sizes = new Summary({ name: 's', help: 'S', percentiles: [0.5, 1], registers });
    sizes.observe(4);
    const families = await Promise.all([requests, level, durations, sizes].map((m) => m.get()));
    const text = await bodyOf(families);
    expect(sampleLines(text)).toEqual([
      'c_total{a="1"} 3',
      'g -1.5',
      'h_bucket{a="x",le="0.5"} 0',
      'h_bucket{a="x",le="1.0"} 1',
      'h_bucket{a="x",le="1e+06"} 1',
      'h_bucket{a="x",le="+Inf"} 1',
      'h_sum{a="x"} 0.7',
      'h_count{a="x"} 1',
      's{quantile="0.5"} 4',
      's{quantile="1.0"} 4',
      's_sum 4',
      's_count 1',
    ]);
    expect(types(text)).toEqual(['c_total counter', 'g gauge', 'h histogram', 's summary']);
    const openMetrics = await openMetricsOf(families);
    expect(sampleLines(openMetrics)).toEqual(sampleLines(text));
    expect(types(openMetrics)).toEqual(['c counter', 'g gauge', 'h histogram', 's summary']);
  });

  it('writes exemplars in OpenMetrics only, and only valid ones', async () => {
    const family = {
      name: 'c_total',
      type: 'counter',
      values: [
        {
          labels: { n: '1' },
          value: 1,
          exemplar: { labelSet: { id: 'a"b' }, value: 1, timestamp: 1.5 },
        },
        { labels: { n: '2' }, value: 1, exemplar: { labelSet: { id: 'é'.repeat(126) }, value: 1 } },
        { labels: { n: '3' }, value: 1, exemplar: { labelSet: { id: 'é'.repeat(127) }, value: 1 } },
        { labels: { n: '4' }, value: 1, exemplar: { labelSet: { 'a b': '1' }, value: 1 } },
        { labels: { n: '5' }, value: 1, exemplar: { labelSet: {}, value: NaN } },
        { labels: { n: '6' }, value: 1, exemplar: null },
      ],
    };
    expect(sampleLines(await openMetricsOf([family]))).toEqual([
      'c_total{n="1"} 1 # {id="a\\"b"} 1 1.5',
      `c_total{n="2"} 1 # {id="${'é'.repeat(126)}"} 1`,
      'c_total{n="3"} 1',
      'c_total{n="4"} 1',
      'c_total{n="5"} 1',
      'c_total{n="6"} 1',
    ]);
    expect(await bodyOf([family])).not.toContain('} 1 #');
    const untold = { ...family, name: 'g', type: 'gauge' };
    expect(await openMetricsOf([untold])).not.toContain('} 1 #');
  });

  it('writes exemplars of buckets', async () => {
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const durations = new Histogram({
      name: 'hx',
      help: 'H',
      buckets: [1],
      enableExemplars: true,
      registers: [registry],
    });
    durations.observe({ value: 0.5, exemplarLabels: { trace_id: 'abc' } });
    expect(await openMetricsOf([await durations.get()])).toMatch(
      /hx_bucket\{le="1\.0"\} 1 # \{trace_id="abc"\} 0\.5 \d+(\.\d+)?\n/,
    );
  });
});

describe('hostile samples', () => {
  it.each<[string, unknown, string]>([
    ['an array', ['a"} 1\nforged 1'], '["a\\"} 1\nforged 1"]'.replace('\n', '\\n')],
    ['an object', { a: 1 }, '{"a":1}'],
    ['undefined', undefined, ''],
    ['null', null, ''],
    ['a symbol', Symbol('x'), ''],
    ['a number', 1.5, '1.5'],
    ['a line feed', 'a\nb', 'a\nb'],
    ['a backslash', '\\n', '\\n'],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
    ['a pair of surrogates', '😀', '😀'],
  ])('%s as a label value makes one well-formed series', async (_, value, read) => {
    for (const body of [
      await bodyOf([gauge({ labels: { l: value }, value: 1 })]),
      await openMetricsOf([gauge({ labels: { l: value }, value: 1 })]),
    ]) {
      const families = readExposition(body);
      expect(families).toHaveLength(1);
      expect(families[0]?.samples).toEqual([{ name: 'g', labels: expect.anything(), value: 1 }]);
      expect(families[0]?.samples[0]?.labels['l']).toBe(read);
    }
  });

  it('leaves out what cannot be written, keeps the rest and reports once a reason', async () => {
    const family = gauge(
      { labels: { ok: '1' }, value: 1 },
      { labels: { 'a b': '1' }, value: 2 },
      { labels: { __name__: 'forged' }, value: 2 },
      { labels: { ok: '1' }, value: 3 },
      { labels: { ok: '1', empty: '' }, value: 3 },
      { labels: { ok: '2' }, value: undefined },
      { labels: { ok: '3' }, value: {} },
      { metricName: 'g x', labels: {}, value: 4 },
      {
        get labels() {
          throw new Error('no');
        },
        value: 5,
      },
    );
    expect(sampleLines(await bodyOf([family]))).toEqual(['g{ok="1"} 1']);
    expect(await problemsOf(family)).toEqual([
      { family: 'g', fault: 'label', sample: 'g', count: 3 },
      { family: 'g', fault: 'duplicate', sample: 'g', count: 2 },
      { family: 'g', fault: 'value', sample: 'g', count: 2 },
      { family: 'g', fault: 'name', sample: 'g x', count: 1 },
    ]);
  });

  it('takes label sets in another order for the same one, and separators for no boundary', async () => {
    const family = gauge(
      { labels: { a: '1', b: '2' }, value: 1 },
      { labels: { b: '2', a: '1' }, value: 2 },
      { labels: { a: '1,b:2', b: '3' }, value: 3 },
      { labels: { a: '1', b: '2,b:3' }, value: 4 },
      { labels: { a: '1",b="2' }, value: 5 },
    );
    expect(readExposition(await bodyOf([family]))[0]?.samples.map(({ value }) => value)).toEqual([
      1, 3, 4, 5,
    ]);
  });

  it.each<[unknown, string]>([
    ['5', '5'],
    ['', '0'],
    ['x', 'NaN'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [10n, '10'],
  ])('writes the value %p as %s', async (value, text) => {
    expect(sampleLines(await bodyOf([gauge({ labels: {}, value })]))).toEqual([`g ${text}`]);
  });

  it('shared labels win over labels, own labels over default labels', async () => {
    const family = gauge({ labels: { a: '1', b: '1' }, sharedLabels: { b: '2' }, value: 1 });
    expect(
      sampleLines(await bodyOf([family], { defaultLabels: { a: 'x', c: '3', 'd e': '4' } })),
    ).toEqual(['g{a="1",b="2",c="3"} 1']);
  });

  it.each<[string, object]>([
    ['no values', { name: 'm', help: 'M', type: 'gauge' }],
    ['values that are no list', { name: 'm', type: 'gauge', values: 5 }],
    ['no help', { name: 'm', help: undefined, type: 'gauge', values: [{ value: 1 }] }],
    ['a type that is not known', { name: 'm', type: 'x\ny', values: [{ value: 1 }] }],
    ['a type that is no text', { name: 'm', type: {}, values: [null, { value: 1 }] }],
    ['an illegal name', { name: 'a b\nforged 1', type: 'gauge', values: [{ value: 1 }] }],
    ['a name that is no text', { name: Symbol('n'), type: 'gauge', values: [{ value: 1 }] }],
  ])('a family with %s breaks nothing', async (_, family) => {
    const other = { name: 'other', type: 'gauge', values: [{ value: 2 }] };
    for (const body of [
      await bodyOf([family as Family, other]),
      await openMetricsOf([family as Family, other]),
    ]) {
      readExposition(body);
      expect(sampleLines(body)).not.toContain('forged 1');
      expect(sampleLines(body)).toContain('other 2');
    }
  });
});

describe('foreign families that are not valid as their own type', () => {
  it.each<[string, Family]>([
    ['a counter without _total', counter('c', 1)],
    ['a counter named _total', counter('_total', 1)],
    ['a NaN counter', counter('c_total', NaN)],
    ['a negative counter', counter('c_total', -1)],
    ['no +Inf bucket', histogram(bucket(1, 1), sum, count)],
    ['+Inf unlike the count', histogram(bucket('+Inf', 1), sum, count)],
    ['falling buckets', histogram(bucket(1, 3), bucket('+Inf', 2), sum, count)],
    ['a broken count', histogram(bucket('+Inf', 2.5), sum, { ...count, value: 2.5 })],
    ['negative bounds', histogram(bucket(-1, 1), bucket('+Inf', 2), sum, count)],
    ['a NaN sum', histogram(bucket('+Inf', 2), { ...sum, value: NaN }, count)],
    ['a sum without a count', histogram(bucket('+Inf', 2), sum)],
    ['a quantile above 1', summary(quantile(1.5, 1))],
    ['a negative quantile value', summary(quantile(0.5, -1))],
    ['a negative summary sum', summary({ metricName: 's_sum', value: -1 })],
  ])('%s: its type in text, none in OpenMetrics, the same series', async (_, family) => {
    const text = await bodyOf([family]);
    expect(types(text)).toEqual([`${family.name} ${String(family.type)}`]);
    const openMetrics = await openMetricsOf([family]);
    const names = [...new Set(sampleLines(text).map((line) => line.split(/[ {]/)[0]))];
    expect(types(openMetrics)).toEqual(names.map((name) => `${name} unknown`));
    expect(sampleLines(openMetrics).sort()).toEqual(sampleLines(text).sort());
    expect(sampleLines(text).length).toBeGreaterThan(0);
  });

  it.each<[string, Family]>([
    ['a bucket without le', histogram({ metricName: 'h_bucket', value: 1 })],
    ['an le that is no number', histogram(bucket('x', 1), sum, count)],
    ['a sum with le', histogram({ metricName: 'h_sum', labels: { le: 1 }, value: 1 })],
    ['a quantile that is no number', summary(quantile('x', 1))],
    ['a summary sample without quantile', summary({ value: 1 })],
    [
      'a sample of another name',
      { name: 'g', type: 'gauge', values: [{ metricName: 'x', value: 1 }] },
    ],
  ])('%s: no type in both formats', async (_, family) => {
    const text = await bodyOf([family]);
    const openMetrics = await openMetricsOf([family]);
    expect(readExposition(text).map(({ type }) => type)).toContain('untyped');
    expect(types(openMetrics)).toEqual(
      types(text).map((each) => each.replace('untyped', 'unknown')),
    );
    expect(sampleLines(openMetrics)).toEqual(sampleLines(text));
  });

  it('puts samples into order, one label set after the other, and canonical bounds', async () => {
    const family = histogram(
      withLabel('1', count),
      withLabel('2', bucket('+Inf', 2)),
      withLabel('1', bucket('Infinity', 2)),
      withLabel('2', sum),
      withLabel('1', bucket('1', 1)),
      withLabel('1', bucket(1, 7)),
      withLabel('1', sum),
      withLabel('1', bucket('0.50', 1)),
      withLabel('2', count),
    );
    const lines = [
      'h_bucket{a="1",le="0.5"} 1',
      'h_bucket{a="1",le="1.0"} 1',
      'h_bucket{a="1",le="+Inf"} 2',
      'h_sum{a="1"} 1',
      'h_count{a="1"} 2',
      'h_bucket{a="2",le="+Inf"} 2',
      'h_sum{a="2"} 1',
      'h_count{a="2"} 2',
    ];
    expect(sampleLines(await bodyOf([family]))).toEqual(lines);
    expect(sampleLines(await openMetricsOf([family]))).toEqual(lines);
    expect(types(await openMetricsOf([family]))).toEqual(['h histogram']);
    expect(await problemsOf(family)).toEqual([
      { family: 'h', fault: 'duplicate', sample: 'h_bucket', count: 1 },
    ]);
  });

  it('filters by sample name', async () => {
    const family = histogram(bucket('+Inf', 2), sum, count);
    const names = new Set(['h_count']);
    expect(sampleLines(await bodyOf([family], { names }))).toEqual(['h_count 2']);
    expect(types(await openMetricsOf([family], { names }))).toEqual(['h_count unknown']);
    expect(await bodyOf([family], { names: new Set(['x']) })).toBe('');
  });
});

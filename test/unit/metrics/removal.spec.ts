import * as fc from 'fast-check';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { HistogramMetric } from '../../../lib/metrics/histogram.js';
import { SummaryMetric } from '../../../lib/metrics/summary.js';

const counter = (labelNames: string[], maxSeries = Infinity): CounterMetric =>
  new CounterMetric({ name: 'c', help: 'h', labelNames, maxSeries });

/** All series of a metric, by their label values. */
function shown(metric: CounterMetric): Map<string, number> {
  const values = new Map<string, number>();
  for (const { labelValues, value } of metric.series) {
    const key = labelValues.join();
    values.set(values.has(key) ? `${key} twice` : key, value);
  }
  return values;
}

const value = fc.constantFrom('a', 'b', 'c', 'd');
const change = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('inc'), labels: fc.tuple(value, value) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('remove'), labels: fc.tuple(value, value) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clear'), labels: fc.tuple(value, value) }),
  },
);

describe('series that are removed', () => {
  it('are gone, and begin anew: any order of changes gives what a map would have', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
        const metric = counter(['x', 'y']);
        const model = new Map<string, number>();
        for (const { kind, labels } of changes) {
          const key = labels.join();
          if (kind === 'inc') {
            metric.labels(labels).inc();
            model.set(key, (model.get(key) ?? 0) + 1);
          } else if (kind === 'remove') {
            if (metric.remove(labels) !== model.delete(key)) return false;
          } else {
            metric.clear();
            model.clear();
          }
          if (metric.find(labels)?.value !== model.get(key)) return false;
        }
        expect(shown(metric)).toEqual(model);
        return true;
      }),
    );
  });

  it('are met once at most by who reads meanwhile', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.nat(10), (changes, every) => {
        const metric = counter(['x', 'y']);
        for (const x of ['a', 'b', 'c', 'd']) for (const y of ['a', 'b']) metric.slot([x, y]);
        const { series } = metric;
        const met: string[] = [];
        let next = 0;
        for (let index = 0; index < series.length; index++) {
          const one = series.at(index);
          if (one !== undefined) met.push(one.labelValues.join());
          for (let i = 0; i < every && next < changes.length; i++) {
            const { kind, labels } = changes[next++] as (typeof changes)[number];
            if (kind === 'inc') metric.labels(labels).inc();
            else if (kind === 'remove') metric.remove(labels);
            else metric.clear();
          }
        }
        expect(met).toEqual([...new Set(met)]);
      }),
    );
  });

  it('are met by who reads meanwhile when they are set again at once', () => {
    const metric = counter(['x']);
    const names = Array.from({ length: 100 }, (_, i) => `${i}`);
    for (const name of names) metric.labels([name]).inc(5);
    const { series } = metric;
    expect(series.at(0)?.value).toBe(5);
    metric.clear();
    for (const name of names) metric.labels([name]).inc(7);
    expect(names.map((_, index) => series.at(index)?.value)).toEqual(names.map(() => 7));
  });

  it('come and go for ever in the same room', () => {
    const metric = counter(['x', 'y']);
    const alive: string[][] = [];
    for (let i = 0; i < 200_000; i++) {
      const labels = [`${i % 1000}`, `${i}`];
      metric.labels(labels).inc();
      alive.push(labels);
      if (alive.length > 5) metric.remove(alive.shift() as string[]);
    }
    expect([...shown(metric).keys()].sort()).toEqual(alive.map((labels) => labels.join()).sort());
    expect(metric.series.length).toBeLessThan(100);
  });

  it('give their room to others when all have gone', () => {
    const metric = counter(['x']);
    for (let i = 0; i < 10_000; i++) metric.labels([`a${i}`]).inc();
    metric.clear();
    metric.labels(['b']).inc();
    metric.clear();
    metric.labels(['c']).inc(3);
    expect(shown(metric)).toEqual(new Map([['c', 3]]));
    expect(metric.series.length).toBe(1);
  });

  it('make room under maxSeries', () => {
    const metric = counter(['x'], 10);
    let overflows = 0;
    metric.onOverflow = () => overflows++;
    for (let i = 0; i < 1000; i++) {
      metric.labels([`${i}`]).inc();
      metric.remove([`${i}`]);
    }
    for (let i = 0; i < 9; i++) metric.labels([`${i}`]).inc();
    expect(overflows).toBe(0);
    metric.labels(['one more']).inc();
    expect(overflows).toBe(1);
    expect(shown(metric).get('_other')).toBe(1);
  });

  it('begin anew in every number', () => {
    const definition = { name: 'm', help: 'h', labelNames: ['x'], maxSeries: Infinity };
    const histogram = new HistogramMetric({ ...definition, buckets: [1, 2] });
    const summary = new SummaryMetric({ ...definition, percentiles: [0.5] });
    for (const metric of [histogram, summary]) {
      metric.labels(['a']).observe(100);
      metric.remove(['a']);
      metric.labels(['a']).observe(1);
      expect(metric.find(['a'])).toMatchObject({ sum: 1, count: 1 });
    }
    expect(summary.find(['a'])?.sketch?.quantiles([0.5])[0]).toBeCloseTo(1, 1);
  });

  it('tell who kept something of theirs', () => {
    const metric = counter(['x']);
    metric.labels(['a']).inc();
    const { generation } = metric;
    metric.labels(['b']).inc();
    expect(metric.generation).toBe(generation);
    metric.remove(['a']);
    expect(metric.generation).not.toBe(generation);
  });
});

it('a label value can be of any length where that is wanted', () => {
  const metric = new CounterMetric({
    name: 'c',
    help: 'h',
    labelNames: ['x'],
    maxValueLength: Infinity,
  });
  const long = 'x'.repeat(1000);
  metric.labels([`${long}1`]).inc();
  metric.labels([`${long}2`]).inc();
  expect(shown(metric).size).toBe(2);
});

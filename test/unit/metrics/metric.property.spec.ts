import * as fc from 'fast-check';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { HistogramMetric } from '../../../lib/metrics/histogram.js';
import { storedLabelValue } from '../../../lib/metrics/label-value.js';
import { SummaryMetric } from '../../../lib/metrics/summary.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.constantFrom('', ',', '"', '=', '\\', '\n', '__proto__', 'constructor', '_other', '\ud800'),
);

/** The label set as a model keeps it. */
const keyOf = (values: readonly string[]): string => JSON.stringify(values.map(storedLabelValue));

describe('metrics against a simple model', () => {
  it('distinct label sets are distinct series, equal ones the same', () => {
    const labelSets = fc.array(fc.tuple(text, text, text), { maxLength: 50 });
    fc.assert(
      fc.property(labelSets, (sets) => {
        const metric = new CounterMetric({ name: 'c', help: 'C.', labelNames: ['a', 'b', 'c'] });
        const model = new Map<string, number>();
        for (const set of sets) {
          metric.labels(set).inc();
          model.set(keyOf(set), (model.get(keyOf(set)) ?? 0) + 1);
        }
        const kept = Array.from(metric.series, (series) => [
          keyOf(series.labelValues),
          series.value,
        ]);
        expect(kept).toEqual([...model]);
      }),
    );
  });

  it('holds 10,000 operations of every kind', () => {
    const operation = fc.record({
      kind: fc.constantFrom('inc', 'set', 'add', 'observe', 'reset'),
      label: fc.constantFrom('a', 'b', 'c', ''),
      value: fc.oneof(
        fc.integer({ min: -5, max: 5 }),
        fc.constantFrom(NaN, Infinity, -Infinity, 0.5, 1e300),
      ),
    });
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1_000, maxLength: 1_000 }), (operations) => {
        const definition = { name: 'm', help: 'M.', labelNames: ['l'] };
        const counter = new CounterMetric(definition);
        const gauge = new GaugeMetric(definition);
        const histogram = new HistogramMetric({ ...definition, buckets: [0, 1] });
        const summary = new SummaryMetric(definition);
        const model = new Map<string, { counter: number; gauge: number; seen: number[] }>();
        for (const { kind, label, value } of operations) {
          let cell = model.get(label);
          if (cell === undefined) model.set(label, (cell = { counter: 0, gauge: 0, seen: [] }));
          if (kind === 'inc') {
            counter.labels([label]).inc(value);
            if (Number.isFinite(value) && value >= 0) cell.counter += value;
          } else if (kind === 'set') {
            gauge.labels([label]).set(value);
            if (!Number.isNaN(value)) cell.gauge = value;
          } else if (kind === 'add') {
            gauge.labels([label]).add(value);
            if (Number.isFinite(value)) cell.gauge += value;
          } else if (kind === 'observe') {
            histogram.labels([label]).observe(value);
            summary.labels([label]).observe(value);
            if (Number.isFinite(value)) cell.seen.push(value);
          } else if (value === 5) {
            for (const metric of [counter, gauge, histogram, summary]) metric.reset();
            for (const each of model.values())
              Object.assign(each, { counter: 0, gauge: 0, seen: [] });
          }
        }
        for (const [label, { counter: count, gauge: level, seen }] of model) {
          const sum = seen.reduce((total, value) => total + value, 0);
          expect(counter.find([label])?.value ?? 0).toBe(count);
          expect(gauge.find([label])?.value ?? 0).toBe(level);
          const observed = histogram.find([label]);
          expect(observed?.count ?? 0).toBe(seen.length);
          expect(observed?.sum ?? 0).toBe(sum);
          const low = observed?.values[observed.offset + 1] ?? 0;
          expect(low).toBe(seen.filter((value) => value <= 0).length);
          expect(summary.find([label])?.count ?? 0).toBe(seen.length);
          expect(summary.find([label])?.sum ?? 0).toBe(sum);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('never holds more than maxSeries, and loses nothing', () => {
    const value = fc.nat({ max: 40 }).map(String);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.tuple(value, value, fc.constantFrom('x', 'y')), { maxLength: 300 }),
        (maxSeries, sets) => {
          const labelNames = ['a', 'b', 'c'];
          const metric = new CounterMetric({ name: 'c', help: 'C.', labelNames, maxSeries });
          let overflows = 0;
          metric.onOverflow = () => (overflows += 1);
          for (const set of sets) metric.labels(set).inc();
          expect(metric.series.length).toBeLessThanOrEqual(maxSeries);
          expect([...metric.series].reduce((sum, series) => sum + series.value, 0)).toBe(
            sets.length,
          );
          const replaced = [...metric.series].filter((series) =>
            series.labelValues.includes('_other'),
          );
          expect(replaced.reduce((sum, series) => sum + series.value, 0)).toBe(overflows);
        },
      ),
    );
  });
});

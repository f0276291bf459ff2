import * as fc from 'fast-check';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { labelSetText } from '../../../lib/metrics/label-text.js';

const NAMES = ['method', 'path', 'status'];
const ORDERS = [
  ['method', 'path', 'status'],
  ['method', 'status', 'path'],
  ['status', 'path', 'method'],
];

const labelSet = fc.array(fc.constantFrom('', 'a', 'b"', 'a,b', 'c\\', 'd\n', '__proto__'), {
  minLength: NAMES.length,
  maxLength: NAMES.length,
});

describe('the labels of a series', () => {
  it.each(ORDERS)('are those it was made with, looked up as %s, %s, %s', (...lookupOrder) => {
    fc.assert(
      fc.property(fc.array(labelSet, { maxLength: 30 }), (labelSets) => {
        const metric = new CounterMetric({
          name: 'x_total',
          help: 'x',
          labelNames: NAMES,
          lookupOrder,
        });
        for (const values of labelSets) metric.labels(values).inc();
        for (const values of labelSets) {
          const series = metric.labels(values);
          expect(series.labelNames).toEqual(NAMES);
          expect(series.labelValues).toEqual(values);
          expect(series.labelText).toBe(labelSetText(NAMES, values));
        }
        const distinct = new Set(labelSets.map((values) => JSON.stringify(values)));
        expect(metric.series).toHaveLength(distinct.size);
      }),
    );
  });

  it('are none for a metric without labels', () => {
    const metric = new CounterMetric({ name: 'x_total', help: 'x' });
    metric.labels([]).inc();
    expect(metric.labels([])).toMatchObject({ value: 1, labelValues: [], labelText: '' });
    expect(metric.series).toHaveLength(1);
  });

  it('are those of one label', () => {
    const metric = new CounterMetric({ name: 'x_total', help: 'x', labelNames: ['a'] });
    expect(metric.labels(['1"'])).toMatchObject({ labelValues: ['1"'], labelText: 'a="1\\""' });
  });
});

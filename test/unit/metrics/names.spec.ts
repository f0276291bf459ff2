import {
  counterName,
  isMetricName,
  isUserLabelName,
  takenNames,
} from '../../../lib/metrics/names.js';

const meet = (a: readonly string[], b: readonly string[]): boolean =>
  a.some((name) => b.includes(name));

describe('names', () => {
  it.each(['a', '_a', ':a', 'A1_:b'])('%p is a metric name', (name) => {
    expect(isMetricName(name)).toBe(true);
  });

  it.each(['', '1a', 'a b', 'a-b', 'é', 'a\n', 5, null])('%p is no metric name', (name) => {
    expect(isMetricName(name)).toBe(false);
  });

  it.each(['a', '_a', 'A1', 'constructor'])('%p may name a label', (name) => {
    expect(isUserLabelName(name)).toBe(true);
  });

  it.each(['', '1', 'a:b', '__a', '__proto__', 'le', 'quantile', 'a\n', undefined])(
    '%p may not name a label',
    (name) => {
      expect(isUserLabelName(name)).toBe(false);
    },
  );

  it('gives a counter its suffix once', () => {
    expect(['a', 'a_total'].map(counterName)).toEqual(['a_total', 'a_total']);
  });

  it('two metrics that cannot stand in one exposition share a taken name', () => {
    expect(meet(takenNames('foo', 'gauge'), takenNames('foo_total', 'counter'))).toBe(true);
    expect(meet(takenNames('foo', 'histogram'), takenNames('foo_count', 'gauge'))).toBe(true);
    expect(meet(takenNames('foo', 'summary'), takenNames('foo_sum', 'gauge'))).toBe(true);
    expect(meet(takenNames('foo', 'gauge'), takenNames('foo_count', 'gauge'))).toBe(false);
    expect(meet(takenNames('foo', 'gauge'), takenNames('foo_sum', 'gauge'))).toBe(false);
  });
});

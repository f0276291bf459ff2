import { CounterMetric } from '../../../lib/metrics/counter.js';

it.each([0, 1, 2])('label sets stay what they are when label %i has the most values', (varies) => {
  const metric = new CounterMetric({
    name: 'c',
    help: 'C',
    labelNames: ['a', 'b', 'c'],
    maxSeries: Infinity,
  });
  const labelSet = (i: number): string[] =>
    ['a', 'b', 'c'].map((name, position) => (position === varies ? `${i}` : `${name}${i % 3}`));
  const first = metric.labels(labelSet(0));
  for (let i = 0; i < 1500; i++) metric.labels(labelSet(i)).inc(i);
  first.inc(7);
  for (let i = 1; i < 1500; i++) metric.labels(labelSet(i)).inc();
  const read = [...metric.series].map(({ labelValues, value }) => [labelValues, value]);
  expect(read).toEqual(Array.from({ length: 1500 }, (_, i) => [labelSet(i), i === 0 ? 7 : i + 1]));
  const texts = new Set([...metric.series].map(({ labelText }) => labelText));
  expect(texts.size).toBe(1500);
});

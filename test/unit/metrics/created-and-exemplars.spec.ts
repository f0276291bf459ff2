import { CounterMetric } from '../../../lib/metrics/counter.js';
import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { HistogramMetric } from '../../../lib/metrics/histogram.js';

describe('when a label set was made', () => {
  it('is kept for each label set of a counter, and is later after a reset', () => {
    const before = Date.now();
    const counter = new CounterMetric({ name: 'c_total', help: 'C.', labelNames: ['l'] });
    for (let i = 0; i < 200; i++) counter.labels([String(i)]).inc();
    const made = [...counter.series].map(({ createdAt }) => createdAt);
    expect(Math.min(...made)).toBeGreaterThanOrEqual(before);
    expect(Math.max(...made)).toBeLessThanOrEqual(Date.now());

    const resetAt = Date.now();
    counter.reset();
    for (const { createdAt } of counter.series) expect(createdAt).toBeGreaterThanOrEqual(resetAt);
  });

  it('is not kept for gauges, where it says nothing', () => {
    const gauge = new GaugeMetric({ name: 'g', help: 'G.' });
    expect(gauge.labels([]).createdAt).toBeNaN();
  });
});

describe('exemplars', () => {
  it('are the newest of each bucket, also without classic buckets', () => {
    for (const classicBuckets of [true, false]) {
      const native = { bucketFactor: 1.1, maxBuckets: 160, zeroThreshold: 0, classicBuckets };
      const metric = new HistogramMetric({ name: 'h', help: 'H.', buckets: [1, 10], native });
      metric.labels([]).observe(0.5, { trace_id: 'a' });
      metric.labels([]).observe(0.6, { trace_id: 'b' });
      metric.labels([]).observe(0.7);
      metric.observeAt(metric.slot([]), 100, { trace_id: 'c' });
      expect(metric.labels([]).exemplars).toEqual([
        { labelSet: { trace_id: 'b' }, value: 0.6, timestamp: expect.any(Number) },
        undefined,
        { labelSet: { trace_id: 'c' }, value: 100, timestamp: expect.any(Number) },
      ]);
      metric.reset();
      expect(metric.labels([]).exemplars).toBeUndefined();
    }
  });

  it('stand on counters with what was added', () => {
    const counter = new CounterMetric({ name: 'c_total', help: 'C.' });
    counter.labels([]).inc(3, { trace_id: 'a' });
    counter.incAt(counter.slot([]), 2);
    expect(counter.labels([]).exemplars?.[0]).toMatchObject({
      labelSet: { trace_id: 'a' },
      value: 3,
    });
  });
});

import type { Counter, Gauge, Histogram, Summary } from 'prom-client';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { HistogramMetric } from '../../../lib/metrics/histogram.js';
import { SummaryMetric } from '../../../lib/metrics/summary.js';
import { getMetricToken, PrometheusModule } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const NO_NUMBERS = [NaN, '', '1', 'x', Infinity, -Infinity, null, {}, [], 5n, true] as number[];

describe('a value that is no number', () => {
  it('is rejected by a counter, which stays intact', () => {
    const series = new CounterMetric({ name: 'a_total', help: 'A' }).labels([]);
    series.inc(2);
    for (const value of [...NO_NUMBERS, -1]) {
      series.inc(value);
      expect(series.value).toBe(2);
    }
    series.inc();
    expect(series.value).toBe(3);
  });

  it.each([
    ['a histogram', new HistogramMetric({ name: 'a', help: 'A', buckets: [1, 2] })],
    ['a summary', new SummaryMetric({ name: 'a', help: 'A' })],
  ])('is rejected by %s, which stays intact', (_, metric) => {
    const series = metric.labels([]);
    series.observe(1.5);
    for (const value of NO_NUMBERS) series.observe(value);
    expect([series.sum, series.count]).toEqual([1.5, 1]);
  });

  onBothPlatforms('is rejected by injected metrics, which stay intact', async ({ start }) => {
    const feature = PrometheusModule.forFeature([
      { type: 'counter', name: 'jobs_total', help: 'Jobs' },
      { type: 'gauge', name: 'queue_length', help: 'Jobs that wait' },
      { type: 'histogram', name: 'job_seconds', help: 'Duration' },
      { type: 'summary', name: 'brief_seconds', help: 'Duration' },
    ]);
    const app = await start({ imports: [feature] });
    const jobs = app.provider<Counter>(getMetricToken('jobs_total'));
    const length = app.provider<Gauge>(getMetricToken('queue_length'));
    const seconds = app.provider<Histogram>(getMetricToken('job_seconds'));
    const brief = app.provider<Summary>(getMetricToken('brief_seconds'));
    jobs.inc(1);
    length.set(3);
    seconds.observe(1);
    brief.observe(1);
    for (const value of [NaN, '', '1', true, 5n] as number[]) {
      for (const record of [
        () => jobs.inc(value),
        () => seconds.observe(value),
        () => brief.observe(value),
      ]) {
        expect(record).toThrow(TypeError);
      }
    }
    // A gauge may be NaN.
    for (const value of ['', '1', true, 5n] as unknown as number[]) {
      for (const record of [
        () => length.set(value),
        () => length.inc(value),
        () => length.dec(value),
      ]) {
        expect(record).toThrow(TypeError);
      }
    }
    for (const value of [Infinity, -Infinity]) {
      expect(() => jobs.inc(value)).toThrow(TypeError);
      expect(() => seconds.observe(value)).toThrow(TypeError);
      expect(() => brief.observe(value)).toThrow(TypeError);
    }
    expect(() => jobs.inc(-1)).toThrow('not possible to decrease');
    jobs.inc(1);
    await app.expectSample('jobs_total', {}, 2);
    await app.expectSample('queue_length', {}, 3);
    await app.expectSample('job_seconds_sum', {}, 1);
    await app.expectSample('job_seconds_count', {}, 1);
    await app.expectSample('brief_seconds_sum', {}, 1);
    await app.expectSample('brief_seconds_count', {}, 1);
  });
});

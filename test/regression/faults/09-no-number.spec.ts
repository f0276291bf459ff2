import { Controller } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { HistogramMetric } from '../../../lib/metrics/histogram.js';
import { SummaryMetric } from '../../../lib/metrics/summary.js';
import { InjectMetric, PrometheusModule } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const NO_NUMBERS = [NaN, '', 'x', Infinity, -Infinity, {}] as number[];

describe('fault 9: a value that is no number', () => {
  it('is rejected by a counter, which stays intact', () => {
    const series = new CounterMetric({ name: 'a_total', help: 'A' }).labels([]);
    series.inc(2);
    for (const value of [...NO_NUMBERS, -1]) series.inc(value);
    expect(series.value).toBe(2);
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
    @Controller('a')
    class AController {
      constructor(
        @InjectMetric('jobs_total') readonly jobs: Counter,
        @InjectMetric('job_seconds') readonly seconds: Histogram,
      ) {}
    }
    const feature = PrometheusModule.forFeature([
      { type: 'counter', name: 'jobs_total', help: 'Jobs' },
      { type: 'histogram', name: 'job_seconds', help: 'Duration' },
    ]);
    const app = await start({ imports: [feature], controllers: [AController] });
    const { jobs, seconds } = app.provider(AController);
    jobs.inc(1);
    seconds.observe(1);
    for (const value of [NaN, '', Infinity, -1] as number[])
      expect(() => jobs.inc(value)).toThrow();
    for (const value of [NaN, '', Infinity] as number[]) {
      expect(() => seconds.observe(value)).toThrow();
    }
    jobs.inc(1);
    await app.expectSample('jobs_total', {}, 2);
    await app.expectSample('job_seconds_sum', {}, 1);
    await app.expectSample('job_seconds_count', {}, 1);
  });
});

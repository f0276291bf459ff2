import { Registry } from 'prom-client';
import { Histogram, PrometheusConfigError, PrometheusModule } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const WRONG: readonly [string, readonly number[]][] = [
  ['unsorted', [1, 0.5]],
  ['repeated', [1, 1, 2]],
  ['not numbers', [1, NaN]],
  ['infinite', [1, Infinity]],
  ['empty', []],
];

describe.each(WRONG)('buckets that are %s', (_, buckets) => {
  onBothPlatforms('fail the start and leave nothing registered', async ({ start }) => {
    const registry = new Registry();
    const options = { registry, processMetrics: false, buckets };
    await expect(start({ options })).rejects.toThrow(/option `buckets` expects finite numbers/);
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  onBothPlatforms('fail the start in forFeature()', async ({ start }) => {
    const registry = new Registry();
    const feature = PrometheusModule.forFeature([
      { type: 'histogram', name: 'job_seconds', help: 'Duration', buckets },
    ]);
    const started = start({ imports: [feature], options: { registry } });
    await expect(started).rejects.toThrow(PrometheusConfigError);
    await expect(started).rejects.toThrow(/Metric "job_seconds": expected for `buckets` finite/);
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  onBothPlatforms('are refused by exportDefaults()', async ({ start }) => {
    const app = await start({ options: { exportDefaults: false } });
    expect(() => app.service.exportDefaults({ buckets })).toThrow(
      /option `buckets` expects finite/,
    );
    expect(await app.samples('nestjs_http_request_total')).toEqual([]);
  });

  it('fail a decorator', () => {
    expect(() => Histogram('seconds', 'Duration', { buckets })).toThrow(PrometheusConfigError);
  });
});

import { Controller, Get } from '@nestjs/common';
import { DEFAULT_BUCKETS, HistogramMetric } from '../../../lib/metrics/histogram.js';
import { OwnMetrics } from '../../../lib/registry/own-metrics.js';
import { onBothPlatforms } from '../../support/harness.js';
import { parseExposition } from '../../support/parse-exposition.js';
import type { TestApp } from '../../support/test-app.js';

const LABEL_SETS = 3000;
const SCRAPES = 100;

@Controller()
class AppController {
  @Get('item')
  item(): string {
    return 'item';
  }
}

function addLargeMetric(app: TestApp): void {
  const metric = app.provider(OwnMetrics).use(
    new HistogramMetric({
      name: 'large_seconds',
      help: 'Has many label sets.',
      labelNames: ['path'],
      buckets: DEFAULT_BUCKETS,
      maxSeries: 2 * LABEL_SETS,
    }),
  );
  for (let i = 0; i < LABEL_SETS; i++) metric.labels([`/api/v1/users/${i}/orders`]).observe(0.2);
}

// Fault 24: 100 scrapes at once, of a body of 5 MB.
onBothPlatforms(
  'of 100 scrapes at once a few are served and the rest is refused, while the app answers',
  async ({ start }) => {
    const app = await start({ controllers: [AppController] });
    addLargeMetric(app);
    const seconds: number[] = [];
    const scraping = new AbortController();
    const users = Array.from({ length: 4 }, async () => {
      while (!scraping.signal.aborted) {
        const startedAt = performance.now();
        expect((await app.get('/item')).status).toBe(200);
        seconds.push((performance.now() - startedAt) / 1000);
      }
    });
    const scrapes = await Promise.all(Array.from({ length: SCRAPES }, () => app.get('/metrics')));
    scraping.abort();
    await Promise.all(users);

    const served = scrapes.filter(({ status }) => status === 200);
    const refused = scrapes.filter(({ status }) => status === 503);
    expect(served.length + refused.length).toBe(SCRAPES);
    expect(served.length).toBeGreaterThanOrEqual(1);
    expect(served.length).toBeLessThan(SCRAPES / 2);
    for (const { headers } of refused) expect(headers.get('retry-after')).toBe('1');
    for (const { body } of served) {
      expect(body.match(/^large_seconds_count\{.*\} 1$/gm)).toHaveLength(LABEL_SETS);
    }
    parseExposition(served[0]?.body ?? '', 'text');
    const p99 = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length * 0.99)];
    expect(p99).toBeLessThan(1);
    const labels = { cause: 'in_flight' };
    const name = 'nestjs_exporter_scrape_errors_total';
    expect(await app.service.getSampleValue(name, labels)).toBe(refused.length);
    expect((await app.scrape({ names: [name] })).value(name, labels)).toBe(refused.length);
  },
  60_000,
);

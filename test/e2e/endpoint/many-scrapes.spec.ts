import { Controller, Get } from '@nestjs/common';
import { EXPORTER } from '../../../lib/core/tokens.js';
import { DEFAULT_BUCKETS, HistogramMetric } from '../../../lib/metrics/histogram.js';
import type { Exporter } from '../../../lib/prometheus.exporter.js';
import { onBothPlatforms } from '../../support/harness.js';
import { parseExposition } from '../../support/parse-exposition.js';
import type { TestApp } from '../../support/test-app.js';

const LABEL_SETS = 3000;
const SCRAPES = 100;
const USERS = 4;

@Controller()
class AppController {
  @Get('item')
  item(): string {
    return 'item';
  }
}

function addLargeMetric(app: TestApp): void {
  const metric = app.provider<Exporter>(EXPORTER).metrics.use(
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

// The body has 5 MB.
onBothPlatforms(
  'of 100 scrapes at once a few are served and the rest is refused, while the app answers',
  async ({ start }) => {
    const app = await start({ controllers: [AppController] });
    addLargeMetric(app);
    const scraping = new AbortController();
    let answered = 0;
    const users = Array.from({ length: USERS }, async () => {
      while (!scraping.signal.aborted) {
        expect((await app.get('/item')).status).toBe(200);
        answered++;
      }
    });
    const scrapes = await Promise.all(Array.from({ length: SCRAPES }, () => app.get('/metrics')));
    const answeredMeanwhile = answered;
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
    // Hundreds are; a body that is written without a pause would let one or two through for each user.
    expect(answeredMeanwhile).toBeGreaterThan(10 * USERS);
    const labels = { cause: 'in_flight' };
    const name = 'nestjs_exporter_scrape_errors_total';
    expect(await app.service.getSampleValue(name, labels)).toBe(refused.length);
    expect((await app.scrape({ names: [name] })).value(name, labels)).toBe(refused.length);
  },
  60_000,
);

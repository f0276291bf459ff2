import { Controller, Get } from '@nestjs/common';
import { Counter } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import { requestText } from '../../support/raw-connection.js';

@Controller()
class AController {
  @Get('items/*')
  @Counter('items', 'Items', { labels: { url: ({ request }) => request.url as string } })
  items(): string {
    return 'items';
  }
}

/** As long as a path can be: a head of a request has 16 KiB at most. */
const FILLER = 'x'.repeat(15_900);
const REQUESTS = 2_000;
const BATCH = 50;

const DURATION = 'nestjs_http_request_duration_seconds';

describe('thousands of paths of 16 kB', () => {
  onBothPlatforms(
    'are counted, and the body stays bounded',
    async ({ start }) => {
      const app = await start({ controllers: [AController] });
      for (const prefix of ['/', '/items/']) {
        for (let i = 0; i < REQUESTS; i += BATCH) {
          const batch = Array.from({ length: BATCH }, (_, at) =>
            requestText(
              'GET',
              `${prefix}${i + at}${FILLER}`,
              at === BATCH - 1 ? { connection: 'close' } : {},
            ),
          );
          const received = await (await app.raw(batch.join(''))).closed;
          expect(received.match(/HTTP\/1.1 (200|404) /g)).toHaveLength(BATCH);
        }
      }
      await app.settled();
      for (const accept of ['text/plain', 'application/openmetrics-text']) {
        const scrape = await app.scrape({ accept });
        expect(scrape.sum(`${DURATION}_count`, { status: '404' })).toBe(REQUESTS);
        expect(scrape.sum(`${DURATION}_count`, { status: '200' })).toBe(REQUESTS);
        expect(scrape.sum('nestjs_http_request_total')).toBe(2 * REQUESTS);
        expect(scrape.sum('items_total')).toBe(REQUESTS);
        // 100 unmatched paths and `_other`, 900 matched ones and their template.
        expect(scrape.labelValues(`${DURATION}_count`, 'path')).toHaveLength(1_002);
        expect(scrape.matching('items_total')).toHaveLength(1_801);
        const lengths = scrape.samples.flatMap(({ labels }) =>
          Object.values(labels).map((value) => value.length),
        );
        expect(Math.max(...lengths)).toBe(256);
        // Samples of 400 characters at most, 17 for each label set of the histogram.
        expect(scrape.body.length).toBeLessThan((1_002 * 17 + 1_801) * 400);
      }
    },
    60_000,
  );
});

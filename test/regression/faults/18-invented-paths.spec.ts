import { Controller, Get } from '@nestjs/common';
import { onBothPlatforms } from '../../support/harness.js';
import { requestText } from '../../support/raw-connection.js';

@Controller()
class RealController {
  @Get('real')
  real(): string {
    return 'real';
  }
}

describe('faults 18 and 19: a scanner', () => {
  onBothPlatforms('long invented paths: bounded, exact, real routes visible', async ({ start }) => {
    const app = await start({ controllers: [RealController] });
    const long = 'x'.repeat(15_000);
    const REQUESTS = 300;
    for (let i = 0; i < REQUESTS; i += 50) {
      const batch = Array.from({ length: 50 }, (_, at) =>
        requestText('GET', `/${i + at}${long}`, at === 49 ? { connection: 'close' } : {}),
      );
      await (
        await app.raw(batch.join(''))
      ).closed;
    }
    await app.get('/real');
    await app.settled();
    const scrape = await app.scrape();
    const name = 'nestjs_http_request_duration_seconds_count';
    expect(scrape.sum(name)).toBe(REQUESTS + 1);
    expect(scrape.sum('nestjs_http_request_total')).toBe(REQUESTS + 1);
    expect(scrape.value(name, { method: 'GET', path: '/real', status: '200' })).toBe(1);
    expect(scrape.labelValues(name, 'path')).toHaveLength(102);
    // 102 label sets of 17 samples, each with a label of 256 characters at most.
    expect(scrape.body.length).toBeLessThan(102 * 17 * 400 + 10_000);
  });
});

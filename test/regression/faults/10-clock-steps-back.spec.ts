import { Controller, Get } from '@nestjs/common';
import { onBothPlatforms } from '../../support/harness.js';

@Controller()
class ClockController {
  @Get('back')
  back(): string {
    const now = performance.now.bind(performance);
    const real = Date.now;
    Date.now = () => real() - 3_600_000;
    performance.now = () => now() - 3_600_000;
    return 'back';
  }
}

describe('fault 10: a clock that steps back', () => {
  onBothPlatforms('no duration is negative and no sum falls', async ({ start, cleanUp }) => {
    const [date, monotonic] = [Date.now, performance.now];
    cleanUp(() => {
      Date.now = date;
      performance.now = monotonic;
    });
    const app = await start({ controllers: [ClockController] });
    const sums: number[] = [];
    for (let i = 0; i < 3; i++) {
      await app.get('/back');
      Date.now = date;
      performance.now = monotonic;
      await app.settled();
      sums.push(await app.sum('nestjs_http_request_duration_seconds_sum'));
    }
    expect(sums[0]).toBeGreaterThanOrEqual(0);
    expect(sums).toEqual([...sums].sort((a, b) => a - b));
    await app.expectSum('nestjs_http_request_duration_seconds_count', {}, 3);
  });
});

import { Controller, Get } from '@nestjs/common';
import { Histogram, Summary } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

@Controller()
class ClockController {
  @Get('back')
  @Histogram('back_seconds', 'Duration')
  @Summary('brief_seconds', 'Duration', { percentiles: [0.5] })
  back(): string {
    const now = performance.now.bind(performance);
    const real = Date.now;
    Date.now = () => real() - 3_600_000;
    performance.now = () => now() - 3_600_000;
    return 'back';
  }
}

const DURATIONS = ['nestjs_http_request_duration_seconds', 'back_seconds', 'brief_seconds'];

describe('a clock that steps back', () => {
  onBothPlatforms('no duration is negative and no sum falls', async ({ start, cleanUp }) => {
    const [date, monotonic] = [Date.now, performance.now];
    const restore = (): void => {
      Date.now = date;
      performance.now = monotonic;
    };
    cleanUp(restore);
    const app = await start({ controllers: [ClockController] });
    for (let i = 1; i <= 3; i++) {
      await app.get('/back');
      restore();
      await app.settled();
      const exposition = await app.exposition();
      // Each of them took no time at all, as far as its clock can tell.
      for (const name of DURATIONS) {
        expect([exposition.sum(`${name}_sum`), exposition.sum(`${name}_count`)]).toEqual([0, i]);
      }
      expect(exposition.value('brief_seconds', { quantile: '0.5' })).toBe(0);
    }
  });
});

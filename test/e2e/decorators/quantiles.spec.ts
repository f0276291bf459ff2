import { Controller, Get } from '@nestjs/common';
import { Summary } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const HALF = { percentiles: [0.5] };
/** Old values leave when a step of 5 s is over. */
const TWO_STEPS = { ...HALF, maxAgeSeconds: 10, ageBuckets: 2 };
/** By default in five steps, here of 2 s. */
const FIVE_STEPS = { ...HALF, maxAgeSeconds: 10 };

@Controller()
class ReportController {
  @Get('report')
  @Summary('two_steps_seconds', 'Duration.', TWO_STEPS)
  @Summary('five_steps_seconds', 'Duration.', FIVE_STEPS)
  @Summary('whole_seconds', 'Duration.', HALF)
  report(): string {
    return 'report';
  }
}

describe('quantiles', () => {
  onBothPlatforms('are those of the time that options give', async ({ start, cleanUp }) => {
    const { now } = performance;
    cleanUp(() => (performance.now = now));
    const startedAt = now.call(performance);
    const goTo = (seconds: number): void => {
      performance.now = () => startedAt + seconds * 1000;
    };
    goTo(0);
    const app = await start({ controllers: [ReportController] });
    const record = async (): Promise<void> => {
      await app.get('/report');
      await app.settled();
    };
    const names = ['two_steps_seconds', 'five_steps_seconds', 'whole_seconds'];
    const shown = async (): Promise<string[]> => {
      const exposition = await app.exposition();
      return names.filter((name) =>
        Number.isFinite(exposition.value(name, { quantile: '0.5' }) ?? NaN),
      );
    };
    await record();
    expect(await shown()).toEqual(names);
    goTo(4);
    await record();
    goTo(11);
    // In steps of 5 s, what was recorded after 4 s is as old as what was recorded at once.
    expect(await shown()).toEqual(['five_steps_seconds', 'whole_seconds']);
    goTo(60);
    expect(await shown()).toEqual(['whole_seconds']);
    expect((await app.exposition()).sum('two_steps_seconds_count')).toBe(2);
  });
});

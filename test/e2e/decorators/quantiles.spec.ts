import { Controller, Get } from '@nestjs/common';
import type { Summary as ClientSummary } from 'prom-client';
import { getMetricToken, PrometheusModule, Summary } from '../../../lib/index.js';
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

const feature = PrometheusModule.forFeature([
  { type: 'summary', name: 'injected_two_steps', help: 'Size.', ...TWO_STEPS },
  { type: 'summary', name: 'injected_five_steps', help: 'Size.', ...FIVE_STEPS },
]);

describe('quantiles', () => {
  onBothPlatforms('are those of the time that options give', async ({ start, cleanUp }) => {
    const { now } = performance;
    cleanUp(() => (performance.now = now));
    const startedAt = now.call(performance);
    const goTo = (seconds: number): void => {
      performance.now = () => startedAt + seconds * 1000;
    };
    goTo(0);
    const app = await start({ controllers: [ReportController], imports: [feature] });
    const injected = ['injected_two_steps', 'injected_five_steps'];
    const record = async (): Promise<void> => {
      await app.get('/report');
      await app.settled();
      for (const name of injected) app.provider<ClientSummary>(getMetricToken(name)).observe(1);
    };
    const names = ['two_steps_seconds', 'five_steps_seconds', 'whole_seconds', ...injected];
    const shown = async (): Promise<string[]> => {
      const exposition = await app.exposition();
      return names.filter((name) => {
        const value = exposition.value(name, { quantile: '0.5' }) ?? NaN;
        // As in prom-client, 0 of an injected one stands for nothing; a decorator's is NaN then.
        return injected.includes(name) ? value > 0 : Number.isFinite(value);
      });
    };
    await record();
    expect(await shown()).toEqual(names);
    goTo(4);
    await record();
    goTo(11);
    // In steps of 5 s, what was recorded after 4 s is as old as what was recorded at once.
    expect(await shown()).toEqual(['five_steps_seconds', 'whole_seconds', 'injected_five_steps']);
    goTo(60);
    expect(await shown()).toEqual(['whole_seconds']);
    expect((await app.exposition()).sum('two_steps_seconds_count')).toBe(2);
  });
});

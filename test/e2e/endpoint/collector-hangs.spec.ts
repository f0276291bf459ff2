import { Registry } from 'prom-client';
import { endpointOptions } from '../../../lib/options/endpoint-options.js';
import { optionPlace } from '../../../lib/options/place.js';
import { GatedMetric } from './gate.js';
import { nextTurns } from '../../support/eventually.js';
import { onBothPlatforms } from '../../support/harness.js';

it('a collector has 1 s, and a scrape 5 s, by default', () => {
  const { collectTimeoutSeconds, timeoutSeconds } = endpointOptions(
    undefined,
    optionPlace('endpoint'),
  );
  expect([collectTimeoutSeconds, timeoutSeconds]).toEqual([1, 5]);
});

/** Below the default of a collector, so that a scrape which waits that long is too late. */
const LIMITS = { collectTimeoutSeconds: 0.1, timeoutSeconds: 0.9 };

onBothPlatforms(
  'a collector that hangs is left out, and is not called again before it has ended',
  async ({ start }) => {
    const registry = new Registry();
    const hanging = new GatedMetric(registry, 'hanging');
    const sound = new GatedMetric(registry, 'sound');
    sound.open();
    const app = await start({ options: { registry, endpoint: LIMITS } });
    for (let scrapes = 1; scrapes <= 5; scrapes++) {
      const scrape = await app.scrape();
      expect([scrape.value('sound'), scrape.value('hanging')]).toEqual([scrapes, undefined]);
    }
    await Promise.all([app.scrape(), app.scrape(), app.scrape()]);
    expect(hanging.calls).toBe(1);
    const late = await app.service.getSampleValue('nestjs_exporter_scrape_errors_total', {
      cause: 'collect_timeout',
    });
    expect(late).toBeGreaterThanOrEqual(6);
    expect(app.logs.warnings.filter((line) => line.includes('"hanging"'))).toHaveLength(1);

    hanging.open();
    await app.eventually(async () => expect((await app.scrape()).value('hanging')).toBe(2));
    hanging.shut();
    expect((await app.scrape()).value('hanging')).toBe(undefined);
    expect(hanging.calls).toBe(3);
    hanging.open();
  },
);

onBothPlatforms(
  'a scrape waits for the call of another, instead of a second one',
  async ({ start }) => {
    const registry = new Registry();
    const slow = new GatedMetric(registry, 'slow');
    const app = await start({ options: { registry, endpoint: { collectTimeoutSeconds: 60 } } });
    const first = app.scrape();
    await app.eventually(() => expect(slow.calls).toBe(1));
    const second = app.service.generateMetrics({ accept: 'application/openmetrics-text' });
    await nextTurns();
    expect(slow.calls).toBe(1);
    slow.open();
    expect((await first).value('slow')).toBe(1);
    expect((await second).body).toContain('slow 1\n');
  },
);

import { Gauge, Registry } from 'prom-client';
import { onBothPlatforms } from '../../support/harness.js';
import { GatedMetric } from './gate.js';

const HEADER = 'x-prometheus-scrape-timeout-seconds';

/** Nothing but the header ends a wait within the time of a test. */
const PATIENT = { collectTimeoutSeconds: 600, timeoutSeconds: 600 };

/** That of a scrape which has no time to wait for anything. */
const AT_ONCE = { [HEADER]: '0.4' };

onBothPlatforms(
  'a collector that is late for the scraper costs only its own metric, in that scrape alone',
  async ({ start }) => {
    const registry = new Registry();
    const slow = new GatedMetric(registry, 'slow');
    const sound = new GatedMetric(registry, 'sound');
    sound.open();
    const app = await start({ options: { registry, endpoint: PATIENT } });
    for (const seconds of ['0.6', '0.4']) {
      const scrape = await app.scrape({ headers: { [HEADER]: seconds } });
      expect([scrape.value('sound'), scrape.value('slow')]).toEqual([sound.calls, undefined]);
    }
    const patient = app.scrape();
    await app.eventually(() => expect(sound.calls).toBe(3));
    slow.open();
    expect((await patient).value('slow')).toBe(1);
    expect(slow.calls).toBe(1);
  },
);

onBothPlatforms(
  'a collector that has had its own time is left out of patient scrapes, too',
  async ({ start }) => {
    const registry = new Registry();
    const hanging = new GatedMetric(registry, 'hanging');
    const endpoint = { ...PATIENT, collectTimeoutSeconds: 0.05 };
    const app = await start({ options: { registry, endpoint } });
    for (const headers of [{}, AT_ONCE, { [HEADER]: '600' }]) {
      expect((await app.scrape({ headers })).value('hanging')).toBe(undefined);
    }
    expect(hanging.calls).toBe(1);
    hanging.open();
  },
);

onBothPlatforms(
  'a scrape that cannot be written in the time of its scraper is answered 503',
  async ({ start }) => {
    const registry = new Registry();
    const help = 'Too many to be written in a millisecond.';
    const many = new Gauge({ name: 'many', help, labelNames: ['id'], registers: [registry] });
    for (let id = 0; id < 20_000; id++) many.set({ id }, id);
    const app = await start({ options: { registry, endpoint: PATIENT } });
    for (const accept of ['text/plain', 'application/openmetrics-text']) {
      const headers = { accept, [HEADER]: '0.001' };
      const { status, body } = await app.get('/metrics', { headers });
      expect([status, body]).toEqual([503, 'Collecting the metrics took too long.\n']);
    }
    const scrape = await app.scrape({ headers: { [HEADER]: '600' } });
    expect(scrape.value('many', { id: '19999' })).toBe(19_999);
    expect(scrape.value('nestjs_exporter_scrape_errors_total', { cause: 'timeout' })).toBe(2);
  },
);

onBothPlatforms(
  'a limit that is no positive number is ignored, and none lengthens the limits of the endpoint',
  async ({ start }) => {
    const registry = new Registry();
    const hanging = new GatedMetric(registry, 'hanging');
    const sound = new GatedMetric(registry, 'sound');
    sound.open();
    const endpoint = { ...PATIENT, collectTimeoutSeconds: 0.05 };
    const app = await start({ options: { registry, endpoint } });
    for (const limit of ['soon', '0', '-1', '', 'NaN', '1e999', '99999999999', '0.4, 0.4']) {
      const scrape = await app.scrape({ headers: { [HEADER]: limit } });
      expect([scrape.value('sound'), scrape.value('hanging')]).toEqual([sound.calls, undefined]);
    }
    hanging.open();
  },
);

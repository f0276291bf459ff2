import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Gauge, Registry } from 'prom-client';
import { endpointOptions } from '../../../lib/options/endpoint-options.js';
import { optionPlace } from '../../../lib/options/place.js';
import { onBothPlatforms } from '../../support/harness.js';
import { requestText } from '../../support/raw-connection.js';

/** More than the buffers of both ends of a connection hold. */
const BODY_BYTES = 20_000_000;
const ROUNDS = 2;
const READERS = 5;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of buffers that are in use. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

it('a scraper has 10 s to take its response, by default', () => {
  expect(endpointOptions(undefined, optionPlace('endpoint')).writeTimeoutSeconds).toBe(10);
});

// A scraper that never reads. The limit is a fifth of the default, so that the test is short.
onBothPlatforms(
  'scrapers that never read are cut off, and leave nothing behind',
  async ({ start }) => {
    const registry = new Registry();
    const app = await start({ options: { registry, endpoint: { writeTimeoutSeconds: 2 } } });
    const large = new Gauge({
      name: 'large',
      help: 'L.',
      labelNames: ['l'],
      registers: [registry],
    });
    for (let i = 0; i < 1000; i++) large.set({ l: `${i}${'x'.repeat(BODY_BYTES / 1000)}` }, 1);

    const before = heldBytes();
    for (let round = 0; round < ROUNDS; round++) {
      const readers = await Promise.all(
        Array.from({ length: READERS }, () => app.raw(requestText('GET', '/metrics'))),
      );
      for (const reader of readers) reader.pause();
      await app.eventually(() => expect(app.requests.open).toHaveLength(READERS));
      expect((await app.get('/metrics')).status).toBe(503);
      await app.settled();
      for (const reader of readers) reader.destroy();
    }
    await app.eventually(() => expect(heldBytes()).toBeLessThan(before + BODY_BYTES / 2));
    const errors = { cause: 'write_timeout' };
    await app.expectSample('nestjs_exporter_scrape_errors_total', errors, ROUNDS * READERS);
    expect((await app.scrape({ names: ['nestjs_exporter_info'] })).status).toBe(200);
    expect(app.logs.warnings.filter((line) => line.includes('was cut off'))).toHaveLength(1);
  },
  60_000,
);

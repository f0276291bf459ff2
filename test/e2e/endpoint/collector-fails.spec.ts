import { Gauge, Registry } from 'prom-client';
import { onBothPlatforms } from '../../support/harness.js';

const FAILURES: readonly (() => void | Promise<void>)[] = [
  () => {
    throw new Error('password=hunter2');
  },
  () => Promise.reject(new TypeError('password=hunter2')),
  () => {
    throw Object.create(null);
  },
  () => Promise.reject(Symbol('password=hunter2')),
  () => Promise.reject(undefined),
];

const SCRAPES = 4;

// A collector throws or rejects.
onBothPlatforms(
  'collectors that fail cost their own families alone, are counted, and logged once',
  async ({ start, cleanUp }) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    cleanUp(() => process.off('unhandledRejection', note));
    const registry = new Registry();
    const app = await start({ options: { registry } });
    for (const [i, collect] of FAILURES.entries()) {
      new Gauge({ name: `broken_${i}`, help: 'B.', registers: [registry], collect }).set(1);
      new Gauge({ name: `sound_${i}`, help: 'S.', registers: [registry] }).set(i);
    }
    await app.get('/nowhere');
    for (let scrapes = 0; scrapes < SCRAPES; scrapes++) {
      const accept = scrapes % 2 === 0 ? 'text/plain' : 'application/openmetrics-text';
      const scrape = await app.scrape({ accept });
      expect(scrape.body).not.toMatch(/broken|hunter2|Error/);
      expect(scrape.sum('nestjs_http_request_total')).toBe(1);
      for (const i of FAILURES.keys()) expect(scrape.value(`sound_${i}`)).toBe(i);
    }
    const errors = await app.service.getSampleValue('nestjs_exporter_scrape_errors_total', {
      cause: 'collect_error',
    });
    expect(errors).toBe(SCRAPES * FAILURES.length);
    for (const i of FAILURES.keys()) {
      expect(app.logs.warnings.filter((line) => line.includes(`"broken_${i}"`))).toHaveLength(1);
    }
    expect(app.logs.warnings.join()).toContain('hunter2');
    expect(unhandled).toEqual([]);
  },
);

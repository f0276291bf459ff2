import { Counter, Registry } from 'prom-client';
import { onBothPlatforms } from '../../support/harness.js';

describe('faults 14 and 15: formats in turn, and nothing to show', () => {
  onBothPlatforms('14: names are the same after an OpenMetrics scrape', async ({ start }) => {
    const registry = new Registry();
    new Counter({ name: 'jobs_total', help: 'Jobs.', registers: [registry] }).inc(3);
    const app = await start({ options: { registry } });
    const accept = 'application/openmetrics-text';
    const before = await app.scrape();
    expect((await app.scrape({ accept })).sum('jobs_total')).toBe(3);
    const after = await app.scrape();
    expect(after.matching('jobs_total')).toHaveLength(1);
    expect([...after.families.keys()]).toEqual([...before.families.keys()]);
    expect(registry.contentType).toBe(Registry.PROMETHEUS_CONTENT_TYPE);
  });

  onBothPlatforms('15: an empty answer is valid in both formats', async ({ start }) => {
    const app = await start({ options: { exportDefaults: false } });
    for (const accept of ['text/plain', 'application/openmetrics-text']) {
      const scrape = await app.scrape({ accept, names: ['nothing_of_this_name'] });
      expect(scrape.samples).toEqual([]);
    }
    expect((await app.service.generateMetrics({ names: [] })).body).toBe('');
  });
});

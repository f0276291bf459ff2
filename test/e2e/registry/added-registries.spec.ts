import { Counter, Gauge, Registry } from 'prom-client';
import type { AnyRegistry } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

/** A registry with a gauge of its own and one that others have, too. */
function registryWith(name: string, shared: number): Registry {
  const registry = new Registry();
  const own = new Counter({ name, help: 'Own.', registers: [registry] });
  own.inc();
  const gauge = new Gauge({ name: 'shared', help: 'Shared.', registers: [registry] });
  gauge.set(shared);
  return registry;
}

onBothPlatforms(
  'addRegistry() shows further registries, the first of a name alone',
  async ({ start, logs }) => {
    const registry = registryWith('a_total', 1);
    const app = await start({ options: { registry }, keeps: ['a_total', 'shared'] });
    for (const added of [registryWith('b_total', 2), registryWith('c_total', 3), registry]) {
      app.service.addRegistry(added);
    }
    const scrape = await app.scrape();
    const names = ['a_total', 'b_total', 'c_total', 'shared'];
    expect(names.map((name) => scrape.value(name))).toEqual([1, 1, 1, 1]);
    expect(logs.warnings).toEqual([expect.stringContaining('"shared"')]);
    const errors = await app.sum('nestjs_exporter_scrape_errors_total', { cause: 'collect_error' });
    expect(errors).toBeGreaterThanOrEqual(2);
  },
);

onBothPlatforms('addRegistry() takes nothing else', async ({ start }) => {
  const { service } = await start();
  expect(() => service.addRegistry({} as AnyRegistry)).toThrow('`registry`');
});

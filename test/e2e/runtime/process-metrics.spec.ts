import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '../../support/eventually.js';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { PrometheusModule, PrometheusService } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import { NestFactory } from '@nestjs/core';

/**
 * Samples that prom-client's successor takes ten times a second. What they tell is in
 * `nodejs_eventloop_time_seconds_total`.
 */
const SAMPLED = /^nodejs_eventloop_utilization_/;

/** Names, types and label names of what a registry holds, buckets included. */
async function shapes(registry: Registry): Promise<Map<string, string>> {
  const families = await registry.getMetricsAsJSON();
  return new Map(
    families.map(({ name, type, values }) => {
      const labels = new Set(values.flatMap((each) => Object.keys(each.labels ?? {})));
      const bounds = new Set(values.flatMap((each) => (each.labels as { le?: number })?.le ?? []));
      return [name, JSON.stringify([type, [...labels].sort(), [...bounds].map(Number)])];
    }),
  );
}

/** Collects all garbage, and waits until prom-client has been told. */
async function collectGarbage(client: Registry): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await eventually(async () => {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
    expect((await shapes(client)).get('nodejs_gc_duration_seconds')).toContain('kind');
  });
}

onBothPlatforms(
  "has all metrics of prom-client's, by name, type, labels and buckets",
  async ({ start }) => {
    const app = await start({ options: { processMetrics: true } });
    const client = new Registry();
    collectDefaultMetrics({ register: client });
    await collectGarbage(client);
    const expected = await shapes(client);
    const own = await shapes(app.registry as Registry);
    expect(expected.size).toBeGreaterThan(20);
    for (const [name, shape] of expected) {
      if (SAMPLED.test(name)) continue;
      expect([name, own.get(name)]).toEqual([name, shape]);
    }
  },
);

onBothPlatforms(
  'tells the time of the loop, limits, and when the application was ready',
  async ({ start }) => {
    const app = await start({ options: { processMetrics: true } });
    const value = async (name: string, labels = {}): Promise<number> =>
      (await app.nest.get(PrometheusService).getSampleValue(name, labels)) ?? NaN;
    const before = await value('nodejs_eventloop_time_seconds_total', { state: 'active' });
    const until = performance.now() + 60;
    while (performance.now() < until);
    await new Promise((resolve) => setImmediate(resolve));
    const after = await value('nodejs_eventloop_time_seconds_total', { state: 'active' });
    expect(after - before).toBeGreaterThan(0.05);
    expect(await value('nodejs_heap_size_limit_bytes')).toBeGreaterThan(1e7);
    expect(await value('process_ready_time_seconds')).toBeGreaterThan(0);
    expect(await value('process_ready_time_seconds')).toBeLessThanOrEqual(process.uptime());
    const { user, system } = process.cpuUsage();
    expect(await value('process_cpu_seconds_total')).toBeCloseTo((user + system) / 1e6, 0);
  },
);

onBothPlatforms('tells each reader the lag since it asked last', async ({ start }) => {
  const app = await start({ options: { processMetrics: true } });
  const lag = async (accept: string): Promise<number> => {
    const text = (await app.get('/metrics', { headers: { accept } })).body;
    return Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1]);
  };
  const openMetrics = 'application/openmetrics-text; version=1.0.0';
  await lag('text/plain');
  await lag(openMetrics);
  // Node measures from one look at the clock to the next; the first ones are to come before the lag.
  await new Promise((resolve) => setTimeout(resolve, 60));
  const until = performance.now() + 200;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(await lag('text/plain')).toBeGreaterThan(0.15);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(await lag('text/plain')).toBeLessThan(0.15);
  expect(await lag(openMetrics)).toBeGreaterThan(0.15);
});

onBothPlatforms("leaves prom-client's own alone", async ({ start }) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const theirs = registry.getSingleMetric('nodejs_eventloop_lag_seconds');
  const app = await start({ options: { registry, processMetrics: true } });
  expect(registry.getSingleMetric('nodejs_eventloop_lag_seconds')).toBe(theirs);
  expect((await app.get('/metrics')).body).toContain('nodejs_heap_size_limit_bytes');
});

onBothPlatforms('are shared by two applications on one registry', async ({ start }) => {
  const registry = new Registry();
  const first = await start({ options: { registry, processMetrics: true } });
  const second = await start({ options: { registry, processMetrics: true } });
  await first.nest.close();
  const text = (await second.get('/metrics')).body;
  expect(text.match(/^process_cpu_seconds_total /gm)).toHaveLength(1);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/m);
});

onBothPlatforms('carry the prefix and the labels of the options', async ({ start }) => {
  const processMetrics = { prefix: 'shop_', labels: { zone: 'a' } };
  const app = await start({ options: { processMetrics } });
  const text = (await app.get('/metrics')).body;
  expect(text).toMatch(/^shop_process_start_time_seconds\{zone="a"\} \d+$/m);
  expect(text).toMatch(/^shop_nodejs_gc_duration_seconds_count\{kind="major",zone="a"\} \d+$/m);
});

it('says when an application without HTTP was ready', async () => {
  const registry = new Registry();
  const context = await NestFactory.createApplicationContext(
    { module: class Root {}, imports: [PrometheusModule.forRoot({ registry })] },
    { logger: false },
  );
  try {
    const value = await context.get(PrometheusService).getSampleValue('process_ready_time_seconds');
    expect(value).toBeGreaterThan(0);
  } finally {
    await context.close();
  }
  expect(registry.getMetricsAsArray()).toEqual([]);
});

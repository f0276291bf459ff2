import { Controller, Get } from '@nestjs/common';
import {
  AggregatorRegistry,
  Counter,
  Gauge,
  Registry,
  type RegistryContentType,
} from 'prom-client';
import type { Exposition, ExpositionFormat } from '../../support/exposition.js';
import { onBothPlatforms } from '../../support/harness.js';
import { parseExposition as parse } from '../../support/parse-exposition.js';
import type { TestApp } from '../../support/test-app.js';

const TOTAL = 'nestjs_http_request_total';
const DURATION = 'nestjs_http_request_duration_seconds';

@Controller('a')
class AController {
  @Get()
  a(): string {
    return 'a';
  }
}

/** One request with status 200 and two with 404. */
async function used(app: TestApp): Promise<TestApp> {
  for (const path of ['/a', '/x', '/x']) await app.get(path);
  await app.expectSum(TOTAL, {}, 3);
  return app;
}

/** prom-client parts metrics by empty lines. */
function parseExposition(body: string, format: ExpositionFormat): Exposition {
  return parse(body.replaceAll(/\n\n+/g, '\n'), format);
}

interface JsonMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly aggregator: string;
  readonly values: readonly { value: number; labels: object; metricName?: string }[];
}

describe("prom-client's own ways to read the registry", () => {
  onBothPlatforms('registry.metrics() says what the endpoint says', async ({ start }) => {
    const registry = new Registry();
    const app = await used(await start({ controllers: [AController], options: { registry } }));
    const theirs = parseExposition(await registry.metrics(), 'text');
    const ours = await app.exposition();
    for (const name of [TOTAL, `${DURATION}_count`, `${DURATION}_bucket`, 'nestjs_exporter_info']) {
      expect(theirs.matching(name)).toEqual(ours.matching(name));
    }
    expect(ours.sum(TOTAL)).toBe(3);
  });

  onBothPlatforms('a registry of the OpenMetrics type keeps every name', async ({ start }) => {
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const app = await used(await start({ controllers: [AController], options: { registry } }));
    for (let round = 0; round < 2; round++) {
      const theirs = parseExposition(await registry.metrics(), 'openmetrics');
      expect(theirs.value(TOTAL, { method: 'GET', status: '404' })).toBe(2);
      expect(theirs.sum(`${DURATION}_count`)).toBe(3);
      expect((await app.scrape()).value(TOTAL, { method: 'GET', status: '404' })).toBe(2);
      const json = (await registry.getMetricsAsJSON()) as unknown as JsonMetric[];
      expect(json.map(({ name }) => name)).toContain(TOTAL);
    }
  });

  onBothPlatforms('getMetricsAsJSON(), getSingleMetric() and its text', async ({ start }) => {
    const registry = new Registry();
    await used(await start({ controllers: [AController], options: { registry } }));
    const json = (await registry.getMetricsAsJSON()) as unknown as JsonMetric[];
    const total = json.find(({ name }) => name === TOTAL);
    expect(total).toMatchObject({ type: 'counter', help: expect.any(String), aggregator: 'sum' });
    expect(total?.values).toEqual([
      { labels: { method: 'GET', status: '200' }, value: 1 },
      { labels: { method: 'GET', status: '404' }, value: 2 },
    ]);
    expect(registry.getSingleMetric(TOTAL)).toHaveProperty('name', TOTAL);
    expect(await registry.getSingleMetricAsString(TOTAL)).toContain('status="404"} 2');
  });

  onBothPlatforms('Registry.merge() and default labels', async ({ start }) => {
    const [registry, other] = [new Registry(), new Registry()];
    new Counter({ name: 'other_total', help: 'Other.', registers: [other] }).inc(7);
    const app = await used(await start({ controllers: [AController], options: { registry } }));
    registry.setDefaultLabels({ app: 'shop' });
    const merged = parseExposition(await Registry.merge([registry, other]).metrics(), 'text');
    expect([merged.sum(TOTAL), merged.sum('other_total')]).toEqual([3, 7]);
    const labels = { app: 'shop', method: 'GET', status: '404' };
    expect((await app.scrape()).value(TOTAL, labels)).toBe(2);
    expect(parseExposition(await registry.metrics(), 'text').value(TOTAL, labels)).toBe(2);
  });

  onBothPlatforms('AggregatorRegistry.aggregate() of two processes', async ({ start }) => {
    const registries = [new Registry(), new Registry()];
    for (const registry of registries) {
      await used(await start({ controllers: [AController], options: { registry } }));
    }
    const parts = await Promise.all(registries.map((registry) => registry.getMetricsAsJSON()));
    const sum: Registry<RegistryContentType> = AggregatorRegistry.aggregate(parts);
    const json = (await sum.getMetricsAsJSON()) as unknown as JsonMetric[];
    const values = (name: string, part = name): number[] =>
      json
        .filter((metric) => metric.name === name)
        .flatMap((metric) => metric.values)
        .filter(({ metricName = name }) => metricName === part)
        .map(({ value }) => value);
    expect(values(TOTAL)).toEqual([2, 4]);
    expect(values(DURATION, `${DURATION}_count`)).toEqual([2, 4]);
    expect(values('nestjs_exporter_info')).toEqual([1]);
  });

  onBothPlatforms(
    'resetMetrics(): counting goes on from 0, what is constant stays',
    async ({ start }) => {
      const registry = new Registry();
      const app = await used(await start({ controllers: [AController], options: { registry } }));
      app.service.info('app_info', 'App.', { version: '1' });
      registry.resetMetrics();
      await app.expectSum(TOTAL, {}, 0);
      await app.get('/a');
      await app.expectSum(TOTAL, {}, 1);
      await app.expectSum(`${DURATION}_count`, {}, 1);
      await app.expectSum(`${DURATION}_bucket`, { le: '+Inf' }, 1);
      await app.expectSum('nestjs_exporter_info', {}, 1);
      await app.expectSum('app_info', {}, 1);
    },
  );
});

describe('getSampleValue()', () => {
  onBothPlatforms('finds samples by name and labels', async ({ start }) => {
    const registry = new Registry();
    const app = await used(await start({ controllers: [AController], options: { registry } }));
    const labels = { method: 'GET', path: '/x', status: 404 };
    const { service } = app;
    expect(await service.getSampleValue(TOTAL, { status: '404', method: 'GET' })).toBe(2);
    expect(await service.getSampleValue(`${DURATION}_count`, labels)).toBe(2);
    expect(await service.getSampleValue(`${DURATION}_sum`, labels)).toBeGreaterThan(0);
    for (const le of [Infinity, '+Inf']) {
      expect(await service.getSampleValue(`${DURATION}_bucket`, { ...labels, le })).toBe(2);
    }
    for (const le of [10, '10', '10.0']) {
      expect(await service.getSampleValue(`${DURATION}_bucket`, { ...labels, le })).toBe(2);
    }
    expect(await service.getSampleValue(TOTAL, { method: 'GET' })).toBeUndefined();
    expect(await service.getSampleValue(TOTAL)).toBeUndefined();
    expect(await service.getSampleValue('nowhere')).toBeUndefined();
  });

  onBothPlatforms('finds what a request that was just answered left', async ({ start }) => {
    const app = await start({ controllers: [AController] });
    for (let count = 1; count <= 50; count++) {
      await app.get('/a');
      const labels = { method: 'GET', status: '200' };
      expect(await app.service.getSampleValue(TOTAL, labels)).toBe(count);
    }
  });

  onBothPlatforms('finds metrics of prom-client beside one that fails', async ({ start }) => {
    const registry = new Registry();
    const failing = {
      name: 'app',
      help: 'Fails.',
      registers: [registry],
      collect: (): never => {
        throw new Error('no value');
      },
    };
    expect(new Gauge(failing)).toBeDefined();
    new Gauge({ name: 'app_users', help: 'U.', labelNames: ['k'], registers: [registry] }).set(
      { k: 'a' },
      3,
    );
    const app = await start({ options: { registry } });
    expect(await app.service.getSampleValue('app_users', { k: 'a' })).toBe(3);
  });
});

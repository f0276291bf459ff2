import { Controller, Get, Injectable, Module, type CanActivate } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { PrometheusConfigError, PrometheusModule, PrometheusService } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const DURATION = 'nestjs_http_request_duration_seconds_count';
const TOTAL = 'nestjs_http_request_total';

@Controller('a')
class AController {
  @Get()
  a(): string {
    return 'a';
  }
}

class KeyGuard implements CanActivate {
  constructor(private readonly key: string) {}

  canActivate(context: {
    switchToHttp(): { getRequest(): { headers: Record<string, string> } };
  }): boolean {
    return context.switchToHttp().getRequest().headers['x-key'] === this.key;
  }
}

const processNames = (registry: Registry): string[] =>
  registry
    .getMetricsAsArray()
    .map(({ name }) => name)
    .filter((name) => /^(process|nodejs)_/.test(name));

describe('several applications', () => {
  onBothPlatforms('at once, each with its own options, path and guard', async ({ start }) => {
    const apps = await Promise.all(
      ['one', 'two', 'three'].map((name) =>
        start({
          controllers: [AController],
          options: {
            path: `/${name}`,
            defaultsPrefix: name,
            guards: [new KeyGuard(name)],
            defaultLabels: { app: name },
          },
        }),
      ),
    );
    for (const [i, app] of apps.entries()) {
      for (let n = 0; n <= i; n++) await app.get('/a');
    }
    for (const [i, name] of ['one', 'two', 'three'].entries()) {
      const app = apps[i]!;
      await app.settled();
      expect((await app.get(`/${name}`)).status).toBe(403);
      const scrape = await app.scrape({ path: `/${name}`, headers: { 'x-key': name } });
      expect(scrape.sum(`${name}_http_request_total`, { app: name })).toBe(i + 1);
      for (const other of ['one', 'two', 'three', 'metrics'].filter((path) => path !== name)) {
        expect((await app.get(`/${other}`)).status).toBe(404);
      }
    }
  });

  onBothPlatforms(
    'at once on one registry: one sum, for as long as one lives',
    async ({ start }) => {
      const registry = new Registry();
      const options = { registry, processMetrics: true };
      const first = await start({ controllers: [AController], options });
      const second = await start({ controllers: [AController], options });
      await first.get('/a');
      await second.get('/a');
      await second.get('/a');
      for (const app of [first, second]) await app.expectSum(TOTAL, {}, 3);
      const process = processNames(registry);
      expect(process.length).toBeGreaterThan(5);
      await first.nest.close();
      expect(processNames(registry).sort()).toEqual(process.sort());
      await second.get('/a');
      await second.expectSum(TOTAL, {}, 4);
      expect((await second.scrape()).sum('nestjs_exporter_info')).toBe(1);
      await second.nest.close();
      expect(registry.getMetricsAsArray()).toEqual([]);
    },
  );

  onBothPlatforms('at once on one registry with other metrics: an error', async ({ start }) => {
    const registry = new Registry();
    const first = await start({ options: { registry } });
    const before = registry.getMetricsAsArray();
    for (const options of [
      { groupBy: 'route' },
      { buckets: [1] },
      { defaultLabels: { app: 'x' } },
      { defaultLatencyAsHistogram: false },
    ]) {
      const failure = await start({ options: { ...options, registry } }).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(PrometheusConfigError);
      expect((failure as Error).message).toMatch(/with (the (labels|buckets|type)|other)/);
      expect(registry.getMetricsAsArray()).toEqual(before);
    }
    await first.get('/a');
    await first.expectSum(TOTAL, {}, 1);
  });

  onBothPlatforms('one after the other on one registry: each starts at 0', async ({ start }) => {
    const registry = new Registry();
    const options = { registry, processMetrics: true };
    for (let round = 0; round < 3; round++) {
      const app = await start({ controllers: [AController], options });
      await app.get('/a');
      await app.expectSum(TOTAL, {}, 1);
      await app.expectSum(DURATION, {}, 1);
      expect((await app.scrape()).sum('process_cpu_seconds_total')).toBeGreaterThan(0);
      await app.nest.close();
      expect(registry.getMetricsAsArray()).toEqual([]);
    }
  });

  onBothPlatforms('of one module class, created again and again', async ({ platform, cleanUp }) => {
    const registry = new Registry();
    @Module({
      imports: [PrometheusModule.forRoot({ registry, processMetrics: false })],
      controllers: [AController],
    })
    class AppModule {}
    const { ExpressAdapter } = await import('@nestjs/platform-express');
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    for (let round = 0; round < 2; round++) {
      const apps = await Promise.all(
        [0, 1].map(async () => {
          const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
          const app = await NestFactory.create(AppModule, adapter as never, { logger: false });
          cleanUp(() => app.close());
          await app.listen(0, '127.0.0.1');
          return app;
        }),
      );
      for (const app of apps) {
        const url = await app.getUrl();
        await (await fetch(`${url}/a`)).text();
        expect((await fetch(`${url}/metrics`)).status).toBe(200);
      }
      const service = apps[0]!.get(PrometheusService);
      expect(await service.getSampleValue(TOTAL, { method: 'GET', status: '200' })).toBe(2);
      for (const app of apps) await app.close();
      expect(registry.getMetricsAsArray()).toEqual([]);
    }
  });

  onBothPlatforms('an application that fails to start leaves nothing', async ({ start }) => {
    const registry = new Registry();
    const options = { registry, processMetrics: true };
    @Injectable()
    class Missing {}
    @Injectable()
    class NeedyGuard implements CanActivate {
      constructor(readonly missing: Missing) {}

      canActivate(): boolean {
        return true;
      }
    }
    const guarded = start({ options: { ...options, guards: [NeedyGuard] } });
    await expect(guarded).rejects.toThrow(/`guards`.*NeedyGuard/s);
    expect(registry.getMetricsAsArray()).toEqual([]);

    const app = await start({ controllers: [AController], options });
    await app.get('/a');
    await app.expectSum(TOTAL, {}, 1);
  });

  onBothPlatforms('a second forRoot() in one application names the fix', async ({ start }) => {
    const registry = new Registry();
    @Module({ imports: [PrometheusModule.forRoot({ registry, processMetrics: false })] })
    class FeatureModule {}
    const failure = await start({ options: { registry }, imports: [FeatureModule] }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(PrometheusConfigError);
    expect((failure as Error).message).toMatch(/forRoot\(\).*once.*root module/);
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  onBothPlatforms('one module object imported in two places is one', async ({ start }) => {
    const registry = new Registry();
    const prometheus = PrometheusModule.forRoot({ registry, processMetrics: false });
    @Module({ imports: [prometheus] })
    class FeatureModule {}
    const app = await start({
      controllers: [AController],
      options: { registry },
      prometheus: () => prometheus,
      imports: [FeatureModule],
    });
    await app.get('/a');
    await app.expectSum(TOTAL, {}, 1);
  });

  onBothPlatforms('metrics of prom-client whose names are taken', async ({ start }) => {
    for (const name of [
      TOTAL,
      'nestjs_http_request',
      'nestjs_http_request_duration_seconds',
      DURATION,
      'nestjs_http_request_duration_seconds_bucket',
      'nestjs_exporter_info',
      'nestjs_exporter_label_overflow_total',
    ]) {
      const registry = new Registry();
      const taken = new Gauge({ name, help: 'Taken.', registers: [registry] });
      const options = { registry, processMetrics: true };
      const failure = await start({ options }).catch((error: unknown) => error);
      expect([name, failure]).toEqual([name, expect.any(PrometheusConfigError)]);
      expect((failure as Error).message).toContain(`"${name}"`);
      expect(registry.getMetricsAsArray()).toEqual([taken]);
    }
  });

  onBothPlatforms('process metrics that are collected already', async ({ start }) => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const before = registry.getMetricsAsArray();
    const app = await start({ options: { registry, processMetrics: true } });
    expect((await app.scrape()).matching('process_cpu_seconds_total')).toHaveLength(1);
    await app.nest.close();
    expect(registry.getMetricsAsArray()).toEqual(before);
  });

  onBothPlatforms('process metrics with options of their own', async ({ start }) => {
    const options = { processMetrics: { prefix: 'shop_', labels: { app: 'shop' } } };
    const app = await start({ options });
    const samples = (await app.scrape()).matching('shop_process_cpu_seconds_total');
    expect(samples.map(({ labels }) => labels)).toEqual([{ app: 'shop' }]);
  });

  onBothPlatforms('a registry that is cleared under an application', async ({ start }) => {
    const registry = new Registry();
    const options = { registry };
    const first = await start({ controllers: [AController], options });
    await first.get('/a');
    await first.expectSum(TOTAL, {}, 1);
    registry.clear();
    expect((await first.get('/a')).body).toBe('a');
    const second = await start({ controllers: [AController], options });
    await second.get('/a');
    await second.expectSum(TOTAL, {}, 1);
    await first.nest.close();
    await second.get('/a');
    await second.expectSum(TOTAL, {}, 2);
  });
});

describe('without HTTP', () => {
  it('an application context has the service, and takes its metrics along', async () => {
    const registry = new Registry();
    const app = await NestFactory.createApplicationContext(
      { module: class {}, imports: [PrometheusModule.forRoot({ registry })] },
      { logger: false },
    );
    const service = app.get(PrometheusService);
    service.info('app_info', 'App.', { version: '1' });
    expect(await service.getSampleValue('app_info', { version: '1' })).toBe(1);
    expect((await service.generateMetrics()).body).toMatch(/^process_cpu_seconds_total \d/m);
    await app.close();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  it('a testing module that is never an application', async () => {
    const registry = new Registry();
    const other = new Counter({ name: 'other', help: 'Other.', registers: [registry] });
    const prometheus = PrometheusModule.forRoot({ registry, guards: [new KeyGuard('x')] });
    const module = await Test.createTestingModule({ imports: [prometheus] }).compile();
    const service = module.get(PrometheusService);
    expect(service.registry).toBe(registry);
    await module.init();
    await module.close();
    expect(registry.getMetricsAsArray()).toEqual([other]);
  });

  it('a testing application that never listens', async () => {
    const registry = new Registry();
    const prometheus = PrometheusModule.forRoot({ registry, processMetrics: false });
    const module = await Test.createTestingModule({ imports: [prometheus] }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.init();
    expect(registry.getMetricsAsArray()).not.toEqual([]);
    await app.close();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });
});

import { Injectable, Module, type CanActivate, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';
import {
  PrometheusConfigError,
  PrometheusModule,
  type PrometheusModuleAsyncOptions,
  type PrometheusModuleOptions,
  type PrometheusOptionsFactory,
} from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const TOTAL = 'nestjs_http_request_total';

@Injectable()
class Settings {
  readonly path = '/from-settings';
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

@Injectable()
class NoGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

const async = (options: PrometheusModuleAsyncOptions) => (): DynamicModule =>
  PrometheusModule.forRootAsync(options);

const noSettings = (): Promise<never> => Promise.reject(new Error('no settings'));

describe('forRootAsync', () => {
  onBothPlatforms('useFactory with imports and inject', async ({ start }) => {
    const registry = new Registry();
    let calls = 0;
    const app = await start({
      options: { registry },
      prometheus: async({
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: async (settings: Settings) => {
          calls += 1;
          await Promise.resolve();
          return { path: settings.path, registry, processMetrics: false, defaultsPrefix: 'late' };
        },
      }),
    });
    await app.get('/nowhere');
    await app.settled();
    expect((await app.scrape({ path: '/from-settings' })).sum('late_http_request_total')).toBe(1);
    expect((await app.get('/metrics')).status).toBe(404);
    expect(calls).toBe(1);
  });

  onBothPlatforms('useClass and useExisting', async ({ start }) => {
    const registry = new Registry();
    @Injectable()
    class Factory implements PrometheusOptionsFactory {
      constructor(private readonly settings: Settings) {}

      createPrometheusOptions(): PrometheusModuleOptions {
        return { path: this.settings.path, registry, processMetrics: false };
      }
    }
    Reflect.defineMetadata('design:paramtypes', [Settings], Factory);
    @Module({ imports: [SettingsModule], providers: [Factory], exports: [Factory] })
    class FactoryModule {}
    for (const options of [
      { imports: [SettingsModule], useClass: Factory },
      { imports: [FactoryModule], useExisting: Factory },
    ]) {
      const app = await start({ options: { registry }, prometheus: async(options) });
      await app.get('/nowhere');
      await app.settled();
      expect((await app.scrape({ path: '/from-settings' })).sum(TOTAL)).toBe(1);
      await app.nest.close();
    }
  });

  onBothPlatforms('no endpoint, as the factory alone knows', async ({ start }) => {
    for (const path of [null, false] as const) {
      const registry = new Registry();
      const app = await start({
        options: { registry },
        prometheus: async({ useFactory: () => ({ path, registry, processMetrics: false }) }),
      });
      for (const target of ['/metrics', '/', '/null', '/false']) {
        expect((await app.get(target)).status).toBe(404);
      }
      await app.expectSum(TOTAL, { status: '404' }, 4);
    }
  });

  onBothPlatforms('three applications at once, each with its own path', async ({ start }) => {
    const apps = await Promise.all(
      ['/x', '/y', '/z'].map((path, i) => {
        const registry = new Registry();
        const useFactory = async (): Promise<PrometheusModuleOptions> => {
          // The first to begin is the last to know.
          for (let turn = 0; turn < 3 - i; turn++) {
            await new Promise((resolve) => setImmediate(resolve));
          }
          const guards = path === '/y' ? [NoGuard] : [];
          return { path, registry, processMetrics: false, guards };
        };
        return start({ options: { registry }, prometheus: async({ useFactory }) });
      }),
    );
    for (const [i, own] of ['/x', '/y', '/z'].entries()) {
      for (const path of ['/x', '/y', '/z']) {
        const expected = path !== own ? 404 : own === '/y' ? 403 : 200;
        expect([own, path, (await apps[i]!.get(path)).status]).toEqual([own, path, expected]);
      }
    }
  });

  onBothPlatforms(
    'guards beside the factory and in what it gives, all of them',
    async ({ start }) => {
      const asked: string[] = [];
      const guard = (name: string): CanActivate => ({
        canActivate: () => {
          asked.push(name);
          return true;
        },
      });
      const registry = new Registry();
      const app = await start({
        options: { registry },
        prometheus: async({
          guards: [guard('outer')],
          useFactory: () => ({ registry, processMetrics: false, guards: [guard('inner')] }),
        }),
      });
      await app.scrape();
      expect(asked).toEqual(['outer', 'inner']);
    },
  );

  onBothPlatforms('what goes wrong fails the startup and leaves nothing', async ({ start }) => {
    const registry = new Registry();
    const given = { registry, processMetrics: true };
    const wrong: readonly [PrometheusModuleAsyncOptions, RegExp][] = [
      [{}, /`forRootAsync` expects one of useFactory, useClass and useExisting/],
      [{ useFactory: () => undefined as never }, /`forRootAsync` expects .*options, got undefined/],
      [{ useFactory: () => Promise.resolve(null as never) }, /`forRootAsync`.* got null/],
      [{ useFactory: () => ({ ...given, buckets: [] }) }, /`buckets` expects/],
      [{ useFactory: () => ({ ...given, guards: null as never }) }, /`guards` expects/],
      [{ useFactory: () => ({ ...given, guards: {} as never }) }, /`guards` expects/],
      [{ guards: 'x' as never, useFactory: () => given }, /`guards` expects/],
      [{ controller: class {}, useFactory: () => given }, /`controller` expects/],
      [{ useFactory: () => ({ ...given, controller: class {} }) }, /`controller` expects/],
    ];
    for (const [options, message] of wrong) {
      const failure = await start({ options: { registry }, prometheus: async(options) }).then(
        () => 'started',
        (error: unknown) =>
          error instanceof PrometheusConfigError ? error.message : String(error),
      );
      expect(failure).toMatch(message);
      expect(registry.getMetricsAsArray()).toEqual([]);
    }
    const rejected = start({
      options: { registry },
      prometheus: async({ useFactory: noSettings }),
    });
    await expect(rejected).rejects.toThrow('no settings');
    expect(registry.getMetricsAsArray()).toEqual([]);
  });
});

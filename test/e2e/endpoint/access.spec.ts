import {
  Controller,
  Get,
  Injectable,
  Module,
  Scope,
  SetMetadata,
  UnauthorizedException,
  UseGuards,
  VersioningType,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { of } from 'rxjs';
import { Registry } from 'prom-client';
import { MetricsController, PrometheusConfigError } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

const TOTAL = 'nestjs_http_request_total';
const DURATION = 'nestjs_http_request_duration_seconds_count';

@Controller()
class SlugController {
  @Get(':slug')
  slug(): string {
    return 'slug';
  }

  @Get('*')
  rest(): string {
    return 'rest';
  }
}

@Injectable()
class Keys {
  has(key: unknown): boolean {
    return key === 'secret';
  }
}

function keyOf(context: ExecutionContext): unknown {
  return context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>().headers['x-key'];
}

@Injectable()
class KeyGuard implements CanActivate {
  constructor(private readonly keys: Keys) {}

  canActivate(context: ExecutionContext): boolean {
    return this.keys.has(keyOf(context));
  }
}

@Module({ providers: [Keys, KeyGuard], exports: [Keys, KeyGuard] })
class KeysModule {}

@Injectable({ scope: Scope.REQUEST })
class ScopedGuard implements CanActivate {
  static made = 0;

  constructor(private readonly keys: Keys) {
    ScopedGuard.made += 1;
  }

  canActivate(context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(this.keys.has(keyOf(context)));
  }
}

const isPublic = SetMetadata('public', true);

@Injectable()
class AppGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return Reflect.getMetadata('public', context.getClass()) === true;
  }
}

const key = { 'x-key': 'secret' };

/** The endpoint is there, at the path alone, and none of its requests is counted. */
async function expectServed(app: TestApp, path = '/metrics'): Promise<void> {
  const before = await app.sum(TOTAL);
  expect((await app.scrape({ path })).format).toBe('text');
  expect((await app.scrape({ path, accept: 'application/openmetrics-text' })).format).toBe(
    'openmetrics',
  );
  expect((await app.get(`${path}?name[]=x`)).body).toBe('');
  const head = await app.request('HEAD', path);
  expect([head.status, head.body]).toEqual([200, '']);
  await app.expectSum(TOTAL, {}, before);
}

describe('where the endpoint is served', () => {
  onBothPlatforms('/metrics, in front of a catch-all route', async ({ start }) => {
    const app = await start({ controllers: [SlugController] });
    await expectServed(app);
    expect((await app.get('/other')).body).toBe('slug');
    expect((await app.get('/metrics/more')).body).toBe('rest');
    expect((await app.request('POST', '/metrics')).status).toBe(404);
    await app.expectSum(TOTAL, {}, 3);
    await app.expectSample(DURATION, { method: 'POST', path: '/metrics', status: '404' }, 1);
  });

  onBothPlatforms('a path of its own', async ({ start }) => {
    for (const [path, served] of [
      ['internal/metrics', '/internal/metrics'],
      ['/status/', '/status'],
      ['/a.b-c_d~e', '/a.b-c_d~e'],
    ] as const) {
      const app = await start({ options: { path } });
      await expectServed(app, served);
      expect((await app.get('/metrics')).status).toBe(404);
    }
  });

  onBothPlatforms('nowhere', async ({ start }) => {
    for (const path of [null, false] as const) {
      const app = await start({ controllers: [SlugController], options: { path } });
      expect((await app.get('/metrics')).body).toBe('slug');
      await app.expectSum(TOTAL, { status: '200' }, 1);
    }
  });

  onBothPlatforms('neither a prefix nor a version moves it', async ({ start }) => {
    for (const type of [VersioningType.URI, VersioningType.HEADER]) {
      const app = await start({
        controllers: [SlugController],
        configure: (nest) => {
          nest.setGlobalPrefix('api', { exclude: ['health'] });
          nest.enableVersioning({ type, defaultVersion: '1', header: 'x-version' } as never);
        },
      });
      await expectServed(app);
      for (const path of ['/v1/metrics', '/api/v2/metrics']) {
        expect((await app.get(path, { headers: { 'x-version': '2' } })).status).toBe(404);
      }
    }
  });

  onBothPlatforms('useGlobalPrefix moves it', async ({ start }) => {
    for (const prefix of ['api', '/api/', 'api/v1']) {
      const app = await start({
        options: { useGlobalPrefix: true },
        configure: (nest) => nest.setGlobalPrefix(prefix),
      });
      await expectServed(app, `/${prefix.replace(/^\/|\/$/g, '')}/metrics`);
      expect((await app.get('/metrics')).status).toBe(404);
    }
  });

  onBothPlatforms('hidden from Swagger', async ({ start }) => {
    let paths: string[] = [];
    @isPublic
    @Controller()
    class OwnController extends MetricsController {}
    for (const options of [{}, { controller: OwnController }, { path: null }]) {
      await start({
        controllers: [SlugController],
        options,
        configure: async (nest) => {
          await nest.init();
          const config = new DocumentBuilder().build();
          paths = Object.keys(SwaggerModule.createDocument(nest, config).paths);
        },
      });
      expect(paths).toContain('/{slug}');
      expect(paths.filter((path) => path.includes('metrics'))).toEqual([]);
    }
  });
});

describe('who may read the endpoint', () => {
  onBothPlatforms('a guard that a module provides, with its dependencies', async ({ start }) => {
    const app = await start({ imports: [KeysModule], options: { guards: [KeyGuard] } });
    expect((await app.get('/metrics')).status).toBe(403);
    expect((await app.get('/metrics', { headers: { 'x-key': 'wrong' } })).status).toBe(403);
    expect((await app.scrape({ headers: key })).status).toBe(200);
    await app.expectSum(TOTAL, {}, 0);
  });

  onBothPlatforms('a request-scoped guard', async ({ start }) => {
    const app = await start({
      imports: [{ module: class {}, providers: [Keys, ScopedGuard], exports: [ScopedGuard] }],
      options: { guards: [ScopedGuard] },
    });
    const before = ScopedGuard.made;
    expect((await app.get('/metrics')).status).toBe(403);
    expect((await app.get('/metrics', { headers: key })).status).toBe(200);
    expect(ScopedGuard.made).toBeGreaterThanOrEqual(before + 2);
  });

  onBothPlatforms('instances, and every form of a verdict', async ({ start }) => {
    for (const [verdict, status] of [
      [() => true, 200],
      [() => false, 403],
      [() => Promise.resolve(false), 403],
      [() => of(false), 403],
      [() => of(true), 200],
      [() => undefined as unknown as boolean, 403],
      [() => 'yes' as unknown as boolean, 200],
    ] as const) {
      const guards = [{ canActivate: () => true }, { canActivate: verdict }];
      const app = await start({ options: { guards } });
      expect((await app.get('/metrics')).status).toBe(status);
    }
    const unauthorized = {
      canActivate: (): boolean => {
        throw new UnauthorizedException();
      },
    };
    const app = await start({ options: { guards: [unauthorized, { canActivate: () => true }] } });
    expect((await app.get('/metrics')).status).toBe(401);
    await app.expectSum(TOTAL, {}, 0);
  });

  onBothPlatforms('a guard that cannot be had fails the startup', async ({ start }) => {
    const registry = new Registry();
    const failure = await start({ options: { guards: [KeyGuard], registry } }).then(
      () => 'started',
      (error: unknown) => (error instanceof PrometheusConfigError ? error.message : String(error)),
    );
    expect(failure).toMatch(/`guards` expects .*KeyGuard.* got/s);
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  onBothPlatforms("the application's own guards", async ({ start }) => {
    const providers = [{ provide: APP_GUARD, useClass: AppGuard }];
    const closed = await start({ controllers: [SlugController], providers });
    expect((await closed.get('/metrics')).status).toBe(403);

    @isPublic
    @Controller()
    class OpenController extends MetricsController {}
    const open = await start({ providers, options: { controller: OpenController } });
    await expectServed(open);

    @isPublic
    @UseGuards(KeyGuard)
    @Controller()
    class GuardedController extends MetricsController {}
    const guarded = await start({
      providers: [...providers, Keys],
      imports: [{ module: KeysModule, global: true }],
      options: { controller: GuardedController, guards: [{ canActivate: () => false }] },
    });
    expect((await guarded.get('/metrics', { headers: key })).status).toBe(403);
  });

  onBothPlatforms('a controller subclass with routes and guards of its own', async ({ start }) => {
    @UseGuards(KeyGuard)
    @Controller()
    class OwnController extends MetricsController {
      @Get('health')
      health(): string {
        return 'healthy';
      }
    }
    const app = await start({
      imports: [{ module: KeysModule, global: true }],
      options: { controller: OwnController },
    });
    expect((await app.get('/metrics')).status).toBe(403);
    expect((await app.scrape({ headers: key })).status).toBe(200);
    expect((await app.get('/metrics/health', { headers: key })).body).toBe('healthy');
    await app.expectSum(TOTAL, {}, 1);
  });
});

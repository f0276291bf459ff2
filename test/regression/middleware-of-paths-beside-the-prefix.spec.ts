import {
  Controller,
  Get,
  RequestMethod,
  VersioningType,
  type MiddlewareConsumer,
} from '@nestjs/common';
import { PrometheusService } from '../../lib/index.js';
import { onBothPlatforms, type StartOptions } from '../support/harness.js';
import { spelled } from '../support/path-syntax.js';
import type { TestApp } from '../support/test-app.js';

// An own path beside the global prefix has the middleware that it would have without a prefix.

@Controller('internal')
class InternalController {
  @Get('orders')
  orders(): string {
    return 'orders';
  }
}

@Controller('internal/metrics')
class MetricsController {
  @Get()
  index(): string {
    return 'of the application';
  }
}

const ADDED = '/internal/metrics';

/** Middleware that refuses, and notes which paths it saw. */
class Lock {
  readonly seen: string[] = [];

  readonly refuse = (
    { originalUrl }: { originalUrl: string },
    response: { statusCode: number; end(): void },
  ): void => {
    this.seen.push(originalUrl);
    response.statusCode = 401;
    response.end();
  };
}

type Bind = (lock: Lock) => StartOptions;

const forRoutes =
  (...routes: Parameters<ReturnType<MiddlewareConsumer['apply']>['forRoutes']>): Bind =>
  ({ refuse }) => ({
    middleware: (consumer) => void consumer.apply(refuse).forRoutes(...routes),
  });

const COVERING: Record<string, Bind> = {
  "forRoutes('{*path}')": forRoutes(spelled('{*path}')),
  "forRoutes('*')": forRoutes('*'),
  "forRoutes('internal/*path')": forRoutes(spelled('internal/*path')),
  "forRoutes('internal{/*path}')": forRoutes(spelled('internal{/*path}')),
  "forRoutes('/internal/:name')": forRoutes('/internal/:name'),
  "forRoutes('internal/metrics')": forRoutes('internal/metrics'),
  'forRoutes({ path, method: ALL })': forRoutes({
    path: ':one/:two',
    method: RequestMethod.ALL,
  }),
  "app.use('/internal')": ({ refuse }) => ({
    configure: (app) => void app.use('/internal', refuse),
  }),
  'app.use()': ({ refuse }) => ({ configure: (app) => void app.use(refuse) }),
};

const OTHERS: Record<string, Bind> = {
  "forRoutes('external/*path')": forRoutes(spelled('external/*path')),
  'forRoutes({ path, method: POST })': forRoutes({
    path: spelled('internal/*path'),
    method: RequestMethod.POST,
  }),
  'forRoutes(controller)': forRoutes(InternalController),
  "app.use('/external')": ({ refuse }) => ({
    configure: (app) => void app.use('/external', refuse),
  }),
};

const PREFIXES: Record<string, NonNullable<StartOptions['configure']>> = {
  'a prefix': (app) => app.setGlobalPrefix('api'),
  'a prefix of two parts': (app) => app.setGlobalPrefix('/shop/api/'),
  'a prefix with exclusions': (app) => app.setGlobalPrefix('api', { exclude: ['health'] }),
  'a prefix and versions': (app) =>
    app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
};

const TIMES = ['before it listens', 'while it listens'] as const;

async function startWith(
  start: (options: StartOptions) => Promise<TestApp>,
  {
    bind,
    lock,
    prefix,
    when,
  }: {
    bind: Bind;
    lock: Lock;
    prefix: NonNullable<StartOptions['configure']>;
    when: (typeof TIMES)[number];
  },
  more: StartOptions = {},
): Promise<TestApp> {
  const bound = bind(lock);
  const app = await start({
    controllers: [InternalController],
    ...more,
    ...bound,
    configure: async (nest) => {
      await prefix(nest);
      await bound.configure?.(nest);
      if (when === 'before it listens') nest.get(PrometheusService).registerEndpoint(ADDED);
    },
  });
  if (when === 'while it listens') app.service.registerEndpoint(ADDED);
  return app;
}

describe.each(TIMES)('a path that is added %s', (when) => {
  describe.each(Object.entries(PREFIXES))('beside %s', (_, prefix) => {
    const isFirst = prefix === PREFIXES['a prefix'];
    for (const [name, bind] of Object.entries(COVERING).slice(0, isFirst ? undefined : 3)) {
      onBothPlatforms(`has the middleware of ${name}, once`, async ({ start }) => {
        const lock = new Lock();
        const app = await startWith(start, { bind, lock, prefix, when });
        expect((await app.get(`${ADDED}?name[]=up`)).status).toBe(401);
        expect((await app.request('HEAD', ADDED)).status).toBe(401);
        expect(lock.seen).toEqual([`${ADDED}?name[]=up`, ADDED]);
      });
    }

    if (isFirst) {
      onBothPlatforms('has that of one method as a route has it', async ({ start }) => {
        const lock = new Lock();
        const { GET: method } = RequestMethod;
        const bind = forRoutes({ path: spelled('internal/*path'), method });
        const app = await startWith(start, { bind, lock, prefix, when });
        expect((await app.get(ADDED)).status).toBe(401);
        // Before Nest 12, middleware of `GET` is not called for `HEAD`.
        for (const path of [ADDED, '/api/internal/orders']) await app.request('HEAD', path);
        const [, ...seen] = lock.seen;
        expect(seen).toEqual(seen.length === 0 ? [] : [ADDED, '/api/internal/orders']);
      });
    }

    for (const [name, bind] of Object.entries(OTHERS).slice(0, isFirst ? undefined : 1)) {
      onBothPlatforms(`does not have that of ${name}`, async ({ start }) => {
        const lock = new Lock();
        const app = await startWith(start, { bind, lock, prefix, when });
        expect((await app.get(ADDED)).headers.get('content-type')).toMatch(/^text\/plain; version/);
        expect(lock.seen).toEqual([]);
      });
    }
  });

  onBothPlatforms('has the middleware in the order in which it was bound', async ({ start }) => {
    const seen: string[] = [];
    const noting =
      (what: string) =>
      (_request: unknown, _response: unknown, next: () => void): void => {
        seen.push(what);
        next();
      };
    const app = await startWith(
      start,
      {
        lock: new Lock(),
        prefix: PREFIXES['a prefix'] as never,
        when,
        bind: () => ({
          middleware: (consumer) => {
            consumer.apply(noting('one'), noting('two')).forRoutes(spelled('internal/*path'));
            consumer.apply(noting('three')).forRoutes(spelled('{*path}'), 'internal/:name');
            consumer.apply(noting('four')).forRoutes('internal/metrics');
          },
        }),
      },
      {},
    );
    app.service.registerEndpoint('/internal/others');
    await app.scrape({ path: ADDED });
    expect(seen.filter((what) => what !== 'three')).toEqual(['one', 'two', 'four']);
    expect(seen.indexOf('three')).toBe(2);
    seen.length = 0;
    await app.get('/api/internal/orders');
    expect(new Set(seen)).toEqual(new Set(['one', 'two', 'three']));
  });

  onBothPlatforms('is left out where the prefix leaves it out', async ({ start }) => {
    const lock = new Lock();
    const app = await startWith(start, {
      lock,
      when,
      prefix: (nest) => nest.setGlobalPrefix('api', { exclude: ['internal/metrics'] }),
      bind: ({ refuse }) => ({
        middleware: (consumer) => {
          consumer.apply(refuse).exclude('internal/metrics').forRoutes(spelled('{*path}'));
        },
      }),
    });
    expect((await app.get(ADDED)).status).toBe(200);
    expect((await app.get('/api/internal/orders')).status).toBe(401);
  });

  onBothPlatforms('leaves that of the application behind the prefix alone', async ({ start }) => {
    const lock = new Lock();
    const app = await startWith(
      start,
      { bind: forRoutes(MetricsController), lock, prefix: PREFIXES['a prefix'] as never, when },
      { controllers: [MetricsController] },
    );
    expect((await app.get(ADDED)).status).toBe(200);
    expect((await app.get('/api/internal/metrics')).status).toBe(401);
  });
});

describe("the module's own path", () => {
  for (const [name, bind] of Object.entries(COVERING)) {
    onBothPlatforms(`beside a prefix has the middleware of ${name}`, async ({ start }) => {
      const lock = new Lock();
      const bound = bind(lock);
      const app = await start({
        ...bound,
        options: { path: ADDED },
        configure: async (nest) => {
          nest.setGlobalPrefix('api');
          await bound.configure?.(nest);
        },
      });
      expect((await app.get(ADDED)).status).toBe(401);
      expect((await app.get(`${ADDED}/`)).status).not.toBe(200);
      expect((await app.get(ADDED.toUpperCase())).status).not.toBe(200);
    });
  }

  for (const pattern of ['internal/*path', 'internal{/*path}', ':one/metrics']) {
    onBothPlatforms(
      `beside a controller of its name has the middleware of '${pattern}'`,
      async ({ start }) => {
        const lock = new Lock();
        const app = await start({
          ...forRoutes(spelled(pattern))(lock),
          controllers: [MetricsController],
          options: { path: ADDED },
          configure: (nest) => nest.setGlobalPrefix('api'),
        });
        expect((await app.get(ADDED)).status).toBe(401);
        expect((await app.get('/api/internal/metrics')).status).toBe(401);
        expect(lock.seen).toEqual([ADDED, '/api/internal/metrics']);
      },
    );
  }
});

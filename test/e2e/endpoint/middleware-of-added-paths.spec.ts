import { Controller, Get, type INestApplication } from '@nestjs/common';
import { PrometheusService } from '../../../lib/index.js';
import { onBothPlatforms, type StartOptions } from '../../support/harness.js';
import { spelled } from '../../support/path-syntax.js';

@Controller('internal')
class InternalController {
  @Get('orders')
  orders(): string {
    return 'orders';
  }
}

@Controller()
class CatchAllController {
  @Get('internal/:slug')
  slug(): string {
    return 'slug';
  }
}

interface Request {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly originalUrl: string;
}

interface Response {
  statusCode: number;
  end(): void;
}

/** Middleware that lets in who has the key, and notes which paths it saw. */
function lock(): { seen: string[]; middleware: (...args: never[]) => void } {
  const seen: string[] = [];
  const middleware = (request: Request, response: Response, next: () => void): void => {
    seen.push(request.originalUrl);
    if (request.headers['x-key'] === 'secret') return next();
    response.statusCode = 401;
    response.end();
  };
  return { seen, middleware };
}

const withKey = { headers: { 'x-key': 'secret' } };

/** How an application binds middleware to what is beneath `/internal`. */
const BINDINGS: readonly [string, (middleware: never) => StartOptions][] = [
  [
    'forRoutes()',
    (middleware) => ({
      middleware: (consumer) =>
        void consumer.apply(middleware).forRoutes(spelled('internal/*path')),
    }),
  ],
  ['app.use()', (middleware) => ({ configure: (app) => void app.use('/internal', middleware) })],
];

/** Adds `/internal/metrics`. */
const addTo = (nest: INestApplication): unknown =>
  nest.get(PrometheusService, { strict: false }).registerEndpoint('/internal/metrics');

describe.each(BINDINGS)('middleware bound by %s to the path of registerEndpoint()', (_, bind) => {
  for (const [when, controllers] of [
    ['while it listens', [InternalController]],
    ['before it listens', [InternalController]],
    ['before it listens, beside a route for any path', [InternalController, CatchAllController]],
  ] as const) {
    onBothPlatforms(`stands in front of a path added ${when}`, async ({ start }) => {
      const { seen, middleware } = lock();
      const bound = bind(middleware as never);
      const early = when !== 'while it listens';
      const app = await start({
        ...bound,
        controllers: [...controllers],
        configure: async (nest) => {
          await bound.configure?.(nest);
          if (early) await addTo(nest);
        },
      });
      if (!early) await addTo(app.nest);
      expect((await app.get('/internal/orders')).status).toBe(401);
      expect((await app.get('/internal/metrics')).status).toBe(401);
      expect((await app.request('HEAD', '/internal/metrics')).status).toBe(401);
      expect((await app.get('/internal/orders', withKey)).body).toBe('orders');
      const scrape = await app.scrape({ path: '/internal/metrics', ...withKey });
      expect(scrape.value('nestjs_exporter_info', { version: '0.1.0' })).toBe(1);
      expect(seen.filter((path) => path === '/internal/metrics')).toHaveLength(3);
      await app.expectSum('nestjs_http_request_total', {}, 2);
    });
  }

  onBothPlatforms('runs once for each request', async ({ start }) => {
    const { seen, middleware } = lock();
    const bound = bind(middleware as never);
    const app = await start({ ...bound, controllers: [InternalController] });
    for (const path of ['/internal/a', '/internal/b', '/internal/metrics']) {
      app.service.registerEndpoint(path);
    }
    await app.scrape({ path: '/internal/a', ...withKey });
    await app.scrape({ path: '/internal/metrics', ...withKey });
    expect(seen).toEqual(['/internal/a', '/internal/metrics']);
  });
});

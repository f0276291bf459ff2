import {
  Controller,
  Get,
  HttpException,
  Injectable,
  SetMetadata,
  type CanActivate,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Provider,
} from '@nestjs/common';
import { CACHE_MANAGER, CacheInterceptor } from '@nestjs/cache-manager';
import { APP_GUARD, APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { createCache } from 'cache-manager';
import { EMPTY, map, NEVER, of, tap, throwError, type Observable } from 'rxjs';
import { MetricsController } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

@Controller()
class AppController {
  @Get('hello')
  hello(): string {
    return 'hello';
  }
}

function interceptor(
  intercept: (context: ExecutionContext, next: CallHandler) => Observable<unknown>,
): NestInterceptor {
  return { intercept };
}

interface AnyResponse {
  header(name: string, value: string): unknown;
  send(value: unknown): unknown;
}

const response = (context: ExecutionContext): AnyResponse => context.switchToHttp().getResponse();

const envelope = interceptor((_, next) => next.handle().pipe(map((data) => ({ data }))));

/** What applications put around all their handlers, and what would become of a scrape in it. */
const IN_FRONT: readonly [string, NestInterceptor][] = [
  ['wraps the body', envelope],
  [
    'sets a header afterwards',
    interceptor((context, next) =>
      next.handle().pipe(tap(() => void response(context).header('x-after', 'yes'))),
    ),
  ],
  [
    'sends a body of its own',
    interceptor((context, next) => {
      response(context).send('own');
      return next.handle();
    }),
  ],
  ['answers in place of the handler', interceptor(() => of('other'))],
  ['fails', interceptor(() => throwError(() => new Error('no tenant')))],
  ['refuses', interceptor(() => throwError(() => new HttpException('no', 400)))],
  ['gives nothing', interceptor(() => EMPTY)],
  ['never ends', interceptor(() => NEVER)],
];

const globally = (instance: NestInterceptor): Provider => ({
  provide: APP_INTERCEPTOR,
  useValue: instance,
});

describe('the endpoint, behind a global interceptor', () => {
  for (const [what, instance] of IN_FRONT) {
    onBothPlatforms(`that ${what}, answers and logs nothing`, async ({ start, logs }) => {
      const app = await start({ providers: [globally(instance)], controllers: [AppController] });
      app.service.registerEndpoint('/more');
      for (const path of ['/metrics', '/metrics', '/more']) {
        const scrape = await app.scrape({ path });
        expect(scrape.value('nestjs_exporter_info', { version: '0.1.0' })).toBe(1);
        expect(scrape.headers.get('x-after')).toBeNull();
      }
      expect((await app.request('HEAD', '/metrics')).status).toBe(200);
      expect(logs.errors).toEqual([]);
      expect(logs.warnings).toEqual([]);
    });
  }

  onBothPlatforms('that caches what an envelope made, shows each scrape anew', async (context) => {
    const { start, logs } = context;
    const app = await start({
      providers: [
        { provide: CACHE_MANAGER, useValue: createCache() },
        { provide: APP_INTERCEPTOR, useClass: CacheInterceptor },
        globally(envelope),
      ],
      controllers: [AppController],
    });
    for (const count of [0, 1, 2]) {
      const scrape = await app.scrape();
      expect(scrape.sum('nestjs_http_request_total')).toBe(count);
      expect((await app.get('/hello')).body).toBe('{"data":"hello"}');
      await app.expectSum('nestjs_http_request_total', {}, count + 1);
    }
    expect(logs.errors).toEqual([]);
  });
});

const Unlimited = (): ClassDecorator & MethodDecorator => SetMetadata('unlimited', true);

/** Lets two requests in, as throttlers do. */
@Injectable()
class LimitGuard implements CanActivate {
  #requests = 0;

  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride('unlimited', targets) === true) return true;
    this.#requests += 1;
    if (this.#requests <= 2) return true;
    throw new HttpException('Too many requests', 429);
  }
}

describe('a throttler of the whole application', () => {
  const throttled = { providers: [{ provide: APP_GUARD, useClass: LimitGuard }] };

  onBothPlatforms('applies to the endpoint', async ({ start }) => {
    const app = await start(throttled);
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await app.get('/metrics')).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  onBothPlatforms('is left out by a controller that says so', async ({ start }) => {
    @Unlimited()
    @Controller()
    class OpenController extends MetricsController {}
    const app = await start({ ...throttled, options: { controller: OpenController } });
    for (let i = 0; i < 3; i++) await app.scrape();
  });
});

import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Controller,
  Get,
  RequestMethod,
  type CanActivate,
  type MiddlewareConsumer,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Subject, firstValueFrom } from 'rxjs';
import { Counter } from '../../lib/index.js';
import { onBothPlatforms, type StartOptions } from '../support/harness.js';
import { spelled } from '../support/path-syntax.js';
import { requestText } from '../support/raw-connection.js';

const tenants = new AsyncLocalStorage<string>();
const tenant = (): string => tenants.getStore() ?? 'none';

function inContext(request: IncomingMessage, _response: ServerResponse, next: () => void): void {
  tenants.run((request.url ?? '').split('tenant=')[1] ?? 'none', next);
}

@Controller()
class TenantsController {
  readonly go = new Subject<void>();

  @Get('slow')
  @Counter('calls', 'Calls.', { labels: { caller: tenant } })
  async slow(): Promise<string> {
    await firstValueFrom(this.go);
    return 'slow';
  }

  @Get('fast')
  @Counter('calls', 'Calls.', { labels: { caller: tenant } })
  fast(): string {
    return 'fast';
  }
}

const start = {
  controllers: [TenantsController],
  options: { defaultLabels: { tenant }, groupBy: 'route' },
  middleware: (consumer: MiddlewareConsumer) => {
    consumer.apply(inContext).forRoutes(spelled('{*path}'));
  },
};

const TOTAL = 'nestjs_http_request_total';

describe('label functions see the async context of their request', () => {
  onBothPlatforms('that was pipelined', async (test) => {
    const app = await test.start(start);
    const connection = await app.raw(
      requestText('GET', '/slow?tenant=a') + requestText('GET', '/fast?tenant=b'),
    );
    await app.eventually(() => expect(app.requests.received).toBe(2));
    app.provider(TenantsController).go.next();
    await connection.until(/slow[\s\S]*fast/);
    for (const name of ['a', 'b']) {
      await app.expectSample(TOTAL, { method: 'GET', status: '200', tenant: name }, 1);
      await app.expectSample('calls_total', { caller: name, tenant: name }, 1);
    }
  });

  onBothPlatforms('whose client went away', async (test) => {
    const app = await test.start(start);
    const { go } = app.provider(TenantsController);
    const connection = await app.raw(requestText('GET', '/slow?tenant=a'));
    await app.eventually(() => expect(go.observed).toBe(true));
    connection.destroy();
    await app.expectSample(TOTAL, { method: 'GET', status: '499', tenant: 'a' }, 1);
    await app.expectSample('calls_total', { caller: 'a', tenant: 'a' }, 1);
    go.next();
  });

  /** Waits for ever when it is called. */
  class Waiting implements CanActivate {
    readonly #called = new Subject<void>();
    readonly called = firstValueFrom(this.#called);

    canActivate(): Promise<boolean> {
      this.#called.next();
      return new Promise(() => undefined);
    }

    readonly middleware = (): void => this.#called.next();
  }

  const WAITING: Record<string, (waiting: Waiting) => StartOptions> = {
    'a guard': (waiting) => ({ configure: (app) => app.useGlobalGuards(waiting) }),
    'a guard of the application': (waiting) => ({
      providers: [{ provide: APP_GUARD, useValue: waiting }],
    }),
    middleware: ({ middleware }) => ({
      middleware: (consumer) => {
        consumer.apply(inContext, middleware).forRoutes(spelled('{*path}'));
      },
    }),
    'middleware behind a prefix': ({ middleware }) => ({
      configure: (app) => app.setGlobalPrefix('/', { exclude: ['fast'] }),
      middleware: (consumer) => {
        consumer.apply(inContext).forRoutes(spelled('{*path}'));
        consumer.apply(middleware).forRoutes({ path: 'fast', method: RequestMethod.GET });
      },
    }),
  };
  for (const [name, wait] of Object.entries(WAITING)) {
    onBothPlatforms(`whose client went away while ${name} waited`, async (test) => {
      const waiting = new Waiting();
      const app = await test.start({ ...start, ...wait(waiting) });
      const connection = await app.raw(requestText('GET', '/fast?tenant=d'));
      await waiting.called;
      connection.destroy();
      await app.expectSample(TOTAL, { method: 'GET', status: '499', tenant: 'd' }, 1);
      await app.expectSample('calls_total', { caller: 'd', tenant: 'd' }, undefined);
    });
  }

  onBothPlatforms('that matched nothing', async (test) => {
    const app = await test.start(start);
    await app.get('/nowhere?tenant=c');
    await app.expectSample(TOTAL, { method: 'GET', status: '404', tenant: 'c' }, 1);
  });
});

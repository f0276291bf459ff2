import type { ServerResponse } from 'node:http';
import { Controller, ForbiddenException, Get, Res, UseFilters } from '@nestjs/common';
import { Subject, firstValueFrom } from 'rxjs';
import { onBothPlatforms } from '../../support/harness.js';
import { requestText } from '../../support/raw-connection.js';
import { answering } from '../support/filters.js';
import { expectRequests } from '../support/recorded.js';

type AnyResponse = ServerResponse | { raw: ServerResponse };

function begin(response: AnyResponse, end = false): void {
  const raw = 'raw' in response ? response.raw : response;
  raw.writeHead(200);
  if (end) raw.end('whole');
  else raw.write('half');
}

@Controller()
class ThrowingController {
  @Get('sync')
  sync(): never {
    throw new Error('sync');
  }

  @Get('async')
  async async(): Promise<never> {
    return Promise.reject(new Error('async'));
  }

  @Get('number')
  number(): never {
    throw 42;
  }

  @Get('null')
  null(): never {
    throw null;
  }

  @Get('half')
  half(@Res() response: AnyResponse): never {
    begin(response);
    throw new Error('half');
  }

  @Get('whole')
  async whole(@Res() response: AnyResponse): Promise<never> {
    begin(response, true);
    return Promise.reject(new Error('whole'));
  }

  readonly later = new Subject<void>();

  @Get('later/:name')
  async laterOn(@Res() response: AnyResponse): Promise<never> {
    begin(response, true);
    await firstValueFrom(this.later);
    throw new Error('later');
  }

  @Get('gone')
  async gone(): Promise<never> {
    await firstValueFrom(this.later);
    throw new Error('later');
  }

  @Get('half-http')
  halfHttp(@Res() response: AnyResponse): never {
    begin(response);
    throw new ForbiddenException();
  }

  @Get('null-filtered')
  @UseFilters(answering(500))
  nullFiltered(): never {
    throw null;
  }
}

describe('a handler that throws, before or after its answer', () => {
  onBothPlatforms('is one exception and one request', async ({ start }) => {
    const app = await start({ controllers: [ThrowingController] });
    const paths = ['/sync', '/async', '/number', '/null', '/null-filtered'];
    for (const path of paths) await app.get(path);
    await expectRequests(app, Object.fromEntries(paths.map((path) => [`GET ${path} 500`, 1])), {
      'GET 500': paths.length,
    });
  });

  onBothPlatforms('after the headers were sent is one, with their status', async ({ start }) => {
    const app = await start({ controllers: [ThrowingController] });
    for (const path of ['/half', '/half-http']) expect((await app.get(path)).body).toBe('half');
    await expectRequests(app, { 'GET /half 200': 1, 'GET /half-http 200': 1 }, { 'GET 200': 1 });
  });

  onBothPlatforms('after all was sent is one, and changes nothing else', async ({ start }) => {
    const app = await start({ controllers: [ThrowingController] });
    expect((await app.get('/whole')).body).toBe('whole');
    await expectRequests(app, { 'GET /whole 200': 1 }, { 'GET 200': 1 });
  });

  onBothPlatforms('long after all was sent is one, and none where it is left out', async (test) => {
    const app = await test.start({
      controllers: [ThrowingController],
      options: {
        excludedPaths: '/later/excluded',
        defaultLabels: { code: ({ statusCode }) => statusCode ?? 'none' },
      },
    });
    const { later } = app.provider(ThrowingController);
    for (const path of ['/later/counted', '/later/excluded']) {
      expect((await app.get(path)).body).toBe('whole');
    }
    const labels = { method: 'GET', status: '200', code: '200' };
    await app.expectSample('nestjs_http_request_total', labels, 1);
    await app.expectSum('nestjs_http_request_exceptions_total', {}, 0);
    later.next();
    await app.expectSample('nestjs_http_request_exceptions_total', labels, 1);
    await app.expectSum('nestjs_http_request_exceptions_total', {}, 1);
    await app.expectSample('nestjs_http_request_total', labels, 1);
  });

  onBothPlatforms('when its client has gone is none: nothing was sent', async ({ start }) => {
    const app = await start({ controllers: [ThrowingController] });
    const { later } = app.provider(ThrowingController);
    const connection = await app.raw(requestText('GET', '/gone'));
    await app.eventually(() => expect(later.observed).toBe(true));
    connection.destroy();
    await expectRequests(app, { 'GET /gone 499': 1 });
    later.next();
    await expectRequests(app, { 'GET /gone 499': 1 });
  });
});

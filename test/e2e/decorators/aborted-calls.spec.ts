import type { ServerResponse } from 'node:http';
import { Controller, Get, Res, Sse, type MessageEvent } from '@nestjs/common';
import { NEVER, Observable, Subject, firstValueFrom } from 'rxjs';
import { Counter, Gauge } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import { requestText } from '../../support/raw-connection.js';
import { expectRequests } from '../support/recorded.js';

type AnyResponse = ServerResponse | { raw: ServerResponse; hijack(): unknown };

@Controller()
@Gauge('in_progress', 'Calls in progress.')
@Counter('calls_total', 'Calls.')
class SlowController {
  readonly go = new Subject<void>();

  @Get('slow')
  async slow(): Promise<string> {
    await firstValueFrom(this.go);
    return 'slow';
  }

  @Get('half')
  half(@Res() response: AnyResponse): Observable<never> {
    if ('hijack' in response) response.hijack();
    ('raw' in response ? response.raw : response).writeHead(202).write('half');
    return NEVER;
  }

  @Sse('events')
  events(): Observable<MessageEvent> {
    return new Observable((subscriber) => subscriber.next({ data: 'first' }));
  }
}

describe('calls whose client goes away, in progress and counted', () => {
  onBothPlatforms('before the headers, also behind another request', async ({ start }) => {
    const app = await start({ controllers: [SlowController] });
    const connection = await app.raw(requestText('GET', '/slow').repeat(3));
    await app.expectSample('in_progress', {}, 3);
    connection.destroy();
    await app.expectSample('in_progress', {}, 0);
    await app.expectSample('calls_total', {}, 3);
    app.provider(SlowController).go.next();
    await app.expectSample('in_progress', {}, 0);
    await app.expectSample('calls_total', {}, 3);
    await expectRequests(app, { 'GET /slow 499': 3 });
  });

  onBothPlatforms('after the headers', async ({ start }) => {
    const app = await start({ controllers: [SlowController] });
    for (const path of ['/half', '/events']) {
      const connection = await app.raw(requestText('GET', path));
      await connection.until(/\r\n\r\n./);
      await app.expectSample('in_progress', {}, 1);
      connection.destroy();
      await app.expectSample('in_progress', {}, 0);
    }
    await app.expectSample('calls_total', {}, 2);
    await expectRequests(app, { 'GET /half 202': 1, 'GET /events 200': 1 });
  });
});

import type { ServerResponse } from 'node:http';
import { Controller, Get, Post, Res, Sse, StreamableFile, type MessageEvent } from '@nestjs/common';
import { Readable } from 'node:stream';
import { Observable, Subject, firstValueFrom } from 'rxjs';
import { onBothPlatforms } from '../../support/harness.js';
import { requestText, type RawConnection } from '../../support/raw-connection.js';
import type { TestApp } from '../../support/test-app.js';
import { expectRequests } from '../support/recorded.js';

type AnyResponse = ServerResponse | { raw: ServerResponse; hijack(): unknown };

/** Handlers that answer when they are told to. */
@Controller()
class SlowController {
  readonly go = new Subject<void>();

  @Get('slow')
  async slow(): Promise<string> {
    await firstValueFrom(this.go);
    return 'slow';
  }

  @Post('upload')
  upload(): string {
    return 'uploaded';
  }

  @Get('endless')
  endless(): StreamableFile {
    return new StreamableFile(endless());
  }

  @Sse('events')
  events(): Observable<MessageEvent> {
    return new Observable((subscriber) => subscriber.next({ data: 'first' }));
  }

  @Get('half')
  half(@Res() response: AnyResponse): void {
    if ('hijack' in response) response.hijack();
    const raw = 'raw' in response ? response.raw : response;
    raw.writeHead(200, { 'content-length': 10 });
    raw.write('half');
  }

  @Get('cut')
  cut(@Res() response: AnyResponse): void {
    if ('hijack' in response) response.hijack();
    ('raw' in response ? response.raw : response).destroy();
  }
}

/** Never ends, and takes only what is read. */
function endless(): Readable {
  return new Readable({
    read() {
      this.push('x'.repeat(1024));
    },
  });
}

/** Waits until the application has received that many requests. */
function received(app: TestApp, count: number): Promise<void> {
  return app.eventually(() => expect(app.requests.received).toBe(count));
}

async function gone(connection: RawConnection): Promise<void> {
  connection.destroy();
  await connection.closed;
}

describe('a client that goes away', () => {
  onBothPlatforms('before any header was sent is a 499, once', async ({ start }) => {
    const app = await start({ controllers: [SlowController] });
    const connection = await app.raw(requestText('GET', '/slow'));
    await received(app, 1);
    await gone(connection);
    await expectRequests(app, { 'GET /slow 499': 1 });
    // The handler goes on, and what it returns reaches nobody.
    app.provider(SlowController).go.next();
    await expectRequests(app, { 'GET /slow 499': 1 });
    expect(app.logs.errors).toEqual([]);
  });

  onBothPlatforms('in the middle of its own body is a 499', async ({ start }) => {
    const app = await start({ controllers: [SlowController] });
    const head = { 'content-type': 'application/json', 'content-length': 100 };
    const connection = await app.raw(requestText('POST', '/upload', head) + '{"a":');
    await received(app, 1);
    await gone(connection);
    await expectRequests(app, { 'POST /upload 499': 1 });
  });

  onBothPlatforms('in the middle of the answer has the status that was sent', async (test) => {
    const app = await test.start({ controllers: [SlowController] });
    for (const path of ['/half', '/events', '/endless']) {
      const connection = await app.raw(requestText('GET', path));
      await connection.until(/\r\n\r\n./);
      await gone(connection);
    }
    await expectRequests(app, {
      'GET /half 200': 1,
      'GET /events 200': 1,
      'GET /endless 200': 1,
    });
  });

  onBothPlatforms('after the answer changes nothing', async ({ start }) => {
    const app = await start({ controllers: [SlowController] });
    const connection = await app.raw(requestText('POST', '/upload'));
    await connection.until('uploaded');
    await gone(connection);
    await expectRequests(app, { 'POST /upload 201': 1 });
  });

  onBothPlatforms('with a FIN instead of a reset, before the headers', async ({ start }) => {
    const app = await start({ controllers: [SlowController] });
    const connection = await app.raw(requestText('GET', '/slow'));
    await received(app, 1);
    connection.socket.destroy();
    await connection.closed;
    await expectRequests(app, { 'GET /slow 499': 1 });
  });

  onBothPlatforms('by fetch with an AbortSignal', async ({ start }) => {
    const app = await start({ controllers: [SlowController] });
    const controller = new AbortController();
    const answer = app.fetch('/slow', { signal: controller.signal });
    await received(app, 1);
    controller.abort();
    await expect(answer).rejects.toThrow();
    await expectRequests(app, { 'GET /slow 499': 1 });
  });

  onBothPlatforms('a hundred at once are a hundred', async ({ start }) => {
    const app = await start({ controllers: [SlowController] });
    const connections = await Promise.all(
      Array.from({ length: 100 }, () => app.raw(requestText('GET', '/slow'))),
    );
    await received(app, 100);
    await Promise.all(connections.map(gone));
    await expectRequests(app, { 'GET /slow 499': 100 });
  });
});

describe('a server that goes away', () => {
  onBothPlatforms('cuts the connection before any header: 499', async ({ start }) => {
    const app = await start({ controllers: [SlowController] });
    const connection = await app.raw(requestText('GET', '/cut'));
    await connection.closed;
    await expectRequests(app, { 'GET /cut 499': 1 });
  });
});

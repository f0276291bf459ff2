import { createServer, type Server } from 'node:http';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { NEVER, type Observable } from 'rxjs';
import { onBothPlatforms, type StartOptions } from '../support/harness.js';
import { requestText } from '../support/raw-connection.js';
import type { Platform } from '../support/test-app.js';
import { expectRequests } from '../e2e/support/recorded.js';

@Controller('echo')
class EchoController {
  @Post()
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Get()
  never(): Observable<unknown> {
    return NEVER;
  }
}

/** A server that looks after slow clients more often than every 30 s. */
function impatient(platform: Platform): StartOptions {
  const times = { requestTimeout: 100, headersTimeout: 100, connectionsCheckingInterval: 20 };
  if (platform === 'fastify') return { fastify: { requestTimeout: 100, http: times } };
  class ImpatientAdapter extends ExpressAdapter {
    override initHttpServer(): void {
      this.httpServer = createServer(times, this.getInstance());
    }
  }
  return { adapter: new ImpatientAdapter() };
}

const HEAD =
  'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('what the server of Node answers by itself', () => {
  onBothPlatforms('to a malformed body is the status', async ({ start }) => {
    const app = await start({ controllers: [EchoController] });
    const connection = await app.raw(HEAD + 'no length\r\n');
    expect(await connection.closed).toMatch(/^HTTP\/1.1 400 /);
    await expectRequests(app, { 'POST /echo 400': 1 });
    await app.expectSample('nestjs_http_requests_in_progress', {}, 0);
  });

  onBothPlatforms('to a body that turns malformed later is the status', async ({ start }) => {
    const app = await start({ controllers: [EchoController] });
    const connection = await app.raw(HEAD + '1\r\n{\r\n');
    await app.eventually(() => expect(app.requests.received).toBe(1));
    connection.write('?\r\n');
    expect(await connection.closed).toMatch(/^HTTP\/1.1 400 /);
    await expectRequests(app, { 'POST /echo 400': 1 });
  });

  onBothPlatforms('is none when the client is gone', async ({ start }) => {
    const app = await start({ controllers: [EchoController] });
    const connection = await app.raw(HEAD + '1\r\n{\r\n');
    await app.eventually(() => expect(app.requests.received).toBe(1));
    connection.destroy();
    await expectRequests(app, { 'POST /echo 499': 1 });
  });

  const FIRST = requestText('GET', '/echo');

  /** What is written when the first request is under way, and what is answered and counted. */
  const CASES: Record<string, { rest: string; status: number; onFastify?: number }> = {
    'extensions of a chunk that are too long': {
      rest: `${HEAD}1;${'x'.repeat(20_000)}\r\n{\r\n`,
      status: 413,
      onFastify: 400,
    },
    'trailers that are too long': {
      rest: `${HEAD}2\r\n{}\r\n0\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`,
      status: 431,
    },
    'headers of a next request that are too long': {
      rest: `${FIRST}GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`,
      status: 431,
    },
    'a next request that is malformed': { rest: `${FIRST}no request\r\n\r\n`, status: 400 },
  };
  for (const [name, { rest, status, onFastify = status }] of Object.entries(CASES)) {
    onBothPlatforms(`to ${name} is the status`, async ({ platform, start }) => {
      const expected = platform === 'fastify' ? onFastify : status;
      const app = await start({ controllers: [EchoController] });
      const connection = await app.raw(rest);
      expect(await connection.closed).toMatch(new RegExp(`^HTTP/1.1 ${expected} `));
      const method = rest.startsWith('GET') ? 'GET' : 'POST';
      await expectRequests(app, { [`${method} /echo ${expected}`]: 1 });
      await app.expectSample('nestjs_http_requests_in_progress', {}, 0);
    });
  }

  const LATE: Record<string, string> = {
    'a body that does not come in time': `${HEAD}1\r\n{\r\n`,
    'headers of a next request that do not come in time': `${FIRST}GET / HTTP/1.1\r\nX-Late: `,
  };
  for (const [name, text] of Object.entries(LATE)) {
    onBothPlatforms(`to ${name} is the status`, async ({ platform, start }) => {
      const app = await start({ controllers: [EchoController], ...impatient(platform) });
      const connection = await app.raw(text);
      expect(await connection.closed).toMatch(/^HTTP\/1.1 408 /);
      const method = text.startsWith('GET') ? 'GET' : 'POST';
      await expectRequests(app, { [`${method} /echo 408`]: 1 });
    });
  }

  onBothPlatforms('is what a listener for clientError answers', async ({ start }) => {
    const app = await start({
      controllers: [EchoController],
      configure: (nest) => {
        const server = nest.getHttpServer() as Server;
        server.removeAllListeners('clientError');
        server.on('clientError', (_error, socket) => {
          socket.end('HTTP/1.1 422 Unprocessable Content\r\n\r\n');
        });
      },
    });
    const connection = await app.raw(HEAD + 'no length\r\n');
    expect(await connection.closed).toMatch(/^HTTP\/1.1 422 /);
    await expectRequests(app, { 'POST /echo 422': 1 });
  });
});

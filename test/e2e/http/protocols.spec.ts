import { once } from 'node:events';
import { connect, constants, type ClientHttp2Session } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { Controller, Get, Post } from '@nestjs/common';
import { Subject, firstValueFrom } from 'rxjs';
import { onBothPlatforms, onPlatform, type StartOptions } from '../../support/harness.js';
import { FIRST_PAIR } from '../endpoint/test-key-pairs.js';
import { expectRequests } from '../support/recorded.js';

const { key, cert } = FIRST_PAIR;

@Controller()
class CatsController {
  readonly go = new Subject<void>();

  @Get('cats')
  all(): string {
    return 'cats';
  }

  @Get('throws')
  throws(): never {
    throw new Error('broken');
  }

  @Get('slow')
  async slow(): Promise<string> {
    await firstValueFrom(this.go);
    return 'slow';
  }

  @Post('cats')
  create(): string {
    return 'created';
  }
}

interface Http2Answer {
  readonly status: number;
  readonly body: string;
}

async function http2Get(session: ClientHttp2Session, path: string): Promise<Http2Answer> {
  const stream = session.request({ ':path': path });
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
  return { status: Number(headers[':status']), body: await text(stream) };
}

/** Fastify's adapter is typed for one protocol; its options tell which one it is. */
function fastifyOf(options: object): Pick<StartOptions, 'fastify'> {
  return { fastify: options as NonNullable<StartOptions['fastify']> };
}

describe('HTTPS', () => {
  onBothPlatforms('is measured as HTTP is', async ({ start, platform }) => {
    const app = await start({
      controllers: [CatsController],
      ...(platform === 'express'
        ? { nest: { httpsOptions: { key, cert } } }
        : fastifyOf({ https: { key, cert } })),
    });
    for (const path of ['/cats', '/throws', '/nowhere']) {
      const request = httpsRequest(
        { port: app.port, host: '127.0.0.1', path, rejectUnauthorized: false, agent: false },
        (response) => response.resume(),
      ).end();
      await once(request, 'close');
    }
    await expectRequests(
      app,
      { 'GET /cats 200': 1, 'GET /throws 500': 1, 'GET /nowhere 404': 1 },
      { 'GET 500': 1 },
    );
  });
});

describe('HTTP/2', () => {
  onPlatform('fastify', 'streams of one connection are requests', async ({ start }) => {
    const app = await start({ controllers: [CatsController], ...fastifyOf({ http2: true }) });
    const session = connect(app.url);
    const answers = await Promise.all(
      ['/cats', '/cats?a=b', '/throws', '/nowhere'].map((path) => http2Get(session, path)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 500, 404]);
    session.close();
    await expectRequests(
      app,
      { 'GET /cats 200': 2, 'GET /throws 500': 1, 'GET /nowhere 404': 1 },
      { 'GET 500': 1 },
    );
  });

  onPlatform(
    'fastify',
    'a stream that the client resets is a 499, the others go on',
    async (test) => {
      const app = await test.start({
        controllers: [CatsController],
        ...fastifyOf({ http2: true }),
      });
      const session = connect(app.url);
      const slow = session.request({ ':path': '/slow' });
      await app.eventually(() => expect(app.requests.received).toBe(1));
      slow.close(constants.NGHTTP2_CANCEL);
      await once(slow, 'close');
      expect((await http2Get(session, '/cats')).body).toBe('cats');
      session.close();
      await expectRequests(app, { 'GET /slow 499': 1, 'GET /cats 200': 1 });
      app.provider(CatsController).go.next();
      await expectRequests(app, { 'GET /slow 499': 1, 'GET /cats 200': 1 });
    },
  );

  onPlatform('fastify', 'a connection that dies ends all its streams', async (test) => {
    const app = await test.start({ controllers: [CatsController], ...fastifyOf({ http2: true }) });
    const session = connect(app.url);
    session.on('error', () => undefined);
    for (let i = 0; i < 5; i++) session.request({ ':path': '/slow' }).on('error', () => undefined);
    await app.eventually(() => expect(app.requests.received).toBe(5));
    session.destroy();
    await expectRequests(app, { 'GET /slow 499': 5 });
  });

  onPlatform('fastify', 'over TLS, with HTTP/1 beside it', async ({ start }) => {
    const app = await start({
      controllers: [CatsController],
      ...fastifyOf({ http2: true, https: { key, cert, allowHTTP1: true } }),
    });
    const session = connect(`https://127.0.0.1:${app.port}`, { rejectUnauthorized: false });
    await http2Get(session, '/cats');
    session.close();
    const request = httpsRequest(
      { port: app.port, host: '127.0.0.1', path: '/cats', rejectUnauthorized: false, agent: false },
      (response) => response.resume(),
    ).end();
    await once(request, 'close');
    await expectRequests(app, { 'GET /cats 200': 2 });
  });
});

describe('a server that the application does not start itself', () => {
  onBothPlatforms('is measured: tests that use getHttpServer()', async (test) => {
    const app = await test.start({
      controllers: [CatsController],
      configure: async (nest) => {
        await nest.init();
        const server = nest.getHttpServer() as Server;
        if (test.platform === 'fastify') {
          await (nest.getHttpAdapter().getInstance() as { ready(): Promise<unknown> }).ready();
        }
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        await (await fetch(`http://127.0.0.1:${port}/cats`)).text();
        await (await fetch(`http://127.0.0.1:${port}/nowhere`)).text();
        server.close();
        (server as Server & { closeAllConnections(): void }).closeAllConnections();
        await once(server, 'close');
      },
    });
    await expectRequests(app, { 'GET /cats 200': 1, 'GET /nowhere 404': 1 });
  });
});

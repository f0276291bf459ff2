import { EventEmitter, once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Controller, Get, Post, Body } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge } from '../../lib/index.js';
import { onBothPlatforms, onPlatform } from '../support/harness.js';
import type { TestApp } from '../support/test-app.js';
import { expectRequests } from '../e2e/support/recorded.js';

@Controller('cats')
class CatsController {
  @Get(':id')
  @Counter('found', 'Cats that were found.', { labels: { status: ({ statusCode }) => statusCode } })
  @Gauge('finding', 'Cats that are being looked for.')
  find(): string {
    return 'cat';
  }

  @Post()
  create(@Body() body: unknown): unknown {
    return body;
  }
}

const controllers = [CatsController];

/** What the framework does with a request, as code calls it that has no server of Nest's. */
function listenerOf(app: TestApp): RequestListener {
  const instance: unknown = app.nest.getHttpAdapter().getInstance();
  if (app.platform === 'express') return instance as RequestListener;
  const fastify = instance as FastifyInstance;
  return (request, response) => fastify.routing(request, response);
}

const nothing = (): void => undefined;

/** Messages as adapters of serverless platforms make them: the socket is a plain object. */
function serverless(
  method: string,
  url: string,
): [IncomingMessage, ServerResponse, Promise<string>] {
  const request = new IncomingMessage({ encrypted: true, readable: false } as unknown as Socket);
  Object.assign(request, { method, url, httpVersion: '1.1', httpVersionMajor: 1, complete: true });
  request.headers = { host: 'example.org' };
  request.push(null);
  const response = new ServerResponse(request);
  const written: string[] = [];
  response.assignSocket({
    _writableState: {},
    writable: true,
    on: nothing,
    removeListener: nothing,
    destroy: nothing,
    cork: nothing,
    uncork: nothing,
    write(data: Buffer | string, encoding?: unknown, callback?: () => void) {
      written.push(String(data));
      const done = typeof encoding === 'function' ? (encoding as () => void) : callback;
      if (typeof done === 'function') process.nextTick(done);
      return true;
    },
  } as unknown as Socket);
  const text = new Promise<string>((resolve) => {
    response.on('finish', () => resolve(written.join('')));
  });
  return [request, response, text];
}

describe('requests that pass by the server of Nest', () => {
  onBothPlatforms('on a server of the application’s own', async ({ start, cleanUp }) => {
    const app = await start({ controllers, options: { groupBy: 'route' } });
    const server = createServer(listenerOf(app));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUp(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    app.service.registerEndpoint('/more');
    const get = async (path: string): Promise<number> => {
      const response = await fetch(url + path);
      await response.arrayBuffer();
      return response.status;
    };
    expect(await get('/cats/1')).toBe(200);
    expect(await get('/cats/2')).toBe(200);
    expect(await get('/nowhere')).toBe(404);
    expect(await get('/metrics')).toBe(200);
    expect(await get('/more')).toBe(200);
    await app.get('/cats/3');
    await expectRequests(app, { 'GET /cats/:id 200': 3, 'GET unmatched 404': 1 });
    await app.expectSum('found_total', { status: '200' }, 3);
    await app.expectSample('nestjs_http_requests_in_progress', {}, 0);
  });

  onBothPlatforms('with messages of a serverless adapter', async ({ start }) => {
    const app = await start({ controllers, options: { groupBy: 'route' } });
    for (const path of ['/cats/1', '/cats/2', '/nowhere', '/metrics']) {
      const [request, response, text] = serverless('GET', path);
      listenerOf(app)(request, response);
      expect(await text).toMatch(path === '/nowhere' ? /^HTTP\/1.1 404/ : /^HTTP\/1.1 200/);
    }
    await expectRequests(app, { 'GET /cats/:id 200': 2, 'GET unmatched 404': 1 });
    await app.expectSum('found_total', { status: '200' }, 2);
    await app.expectSample('finding', {}, 0);
    await app.expectSample('nestjs_http_requests_in_progress', {}, 0);
  });

  onBothPlatforms('without any socket', async ({ start }) => {
    const app = await start({ controllers });
    for (const path of ['/cats/1', '/metrics', '/nowhere']) {
      const [request, response, text] = serverless('GET', path);
      Object.defineProperty(request, 'socket', { value: undefined });
      listenerOf(app)(request, response);
      expect(await text).toMatch(/^HTTP\/1.1 (200|404)/);
    }
    await expectRequests(app, { 'GET /cats/1 200': 1, 'GET /nowhere 404': 1 });
  });

  onPlatform('express', 'with mocks that are event emitters', async ({ start }) => {
    const app = await start({ controllers });
    for (const path of ['/cats/1', '/metrics']) {
      const response = mockResponse();
      const ended = once(response, 'finish');
      const request = Object.assign(Readable.from([]), { method: 'GET', url: path, headers: {} });
      listenerOf(app)(request as unknown as IncomingMessage, response as unknown as ServerResponse);
      await ended;
      expect(response.statusCode).toBe(200);
    }
    await expectRequests(app, { 'GET /cats/1 200': 1 });
    await app.expectSample('nestjs_http_requests_in_progress', {}, 0);
  });

  onPlatform('express', 'with mocks that tell nothing', async ({ start }) => {
    const app = await start({ controllers });
    for (const path of ['/cats/1', '/nowhere']) {
      await new Promise((end) => {
        const methods = { on: undefined, once: nothing, emit: nothing };
        const response = { ...methods, setHeader: nothing, getHeader: nothing, end };
        const request = { method: 'GET', url: path, headers: {} };
        listenerOf(app)(request as IncomingMessage, response as unknown as ServerResponse);
      });
    }
    await app.expectSum('nestjs_http_request_total', {}, 0);
    await app.expectSample('nestjs_http_requests_in_progress', {}, 0);
  });
});

/** What stands for a response in unit tests; Express takes its prototype away. */
function mockResponse() {
  const headers = new Map<string, unknown>();
  const response = Object.assign(new EventEmitter(), {
    statusCode: 200,
    headersSent: false,
    writableEnded: false,
    setHeader: (name: string, value: unknown) => void headers.set(name.toLowerCase(), value),
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    removeHeader: (name: string) => void headers.delete(name.toLowerCase()),
    writeHead(status: number) {
      response.statusCode = status;
      response.headersSent = true;
    },
    write: () => undefined,
    end() {
      response.headersSent = true;
      response.writableEnded = true;
      response.emit('finish');
    },
  });
  return response;
}

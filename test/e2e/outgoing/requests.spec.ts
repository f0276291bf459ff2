import { subscribe, unsubscribe, channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import http, { type IncomingMessage, type Server } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { Controller, Get } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Agent, request as undiciRequest } from 'undici';
import { eventually } from '../../support/eventually.js';
import { onBothPlatforms, type TestContext } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';
import { FIRST_PAIR } from '../endpoint/test-key-pairs.js';

const COUNT = 'nestjs_http_client_request_duration_seconds_count';

@Controller()
class AppController {
  @Get('calls')
  calls(): string {
    return 'calls';
  }
}

/** Answers in every way in which a server can. */
function answer(request: IncomingMessage, response: http.ServerResponse): void {
  switch (request.url) {
    case '/breaks':
      response.writeHead(200, { 'content-length': 100 });
      response.write('x');
      setTimeout(() => response.destroy(), 20);
      return;
    case '/hangs':
      return;
    case '/moved':
      response.writeHead(302, { location: '/ok' }).end();
      return;
    case '/large':
      response.end(Buffer.alloc(5_000_000));
      return;
    default:
      response.statusCode = Number(request.url?.slice(1)) || 200;
      response.end('ok');
  }
}

/** A server that the application asks, and its host. */
async function target({ cleanUp }: TestContext, server: Server = http.createServer(answer)) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}`, server };
}

/** Sends a request by `node:http` and reads the response; resolves when Node has let go of both. */
function send(url: string, options: https.RequestOptions = {}): Promise<void> {
  const client = url.startsWith('https') ? https : http;
  return new Promise((resolve) => {
    const request = client.request(url, options, (response) => response.resume());
    request.on('error', () => undefined).on('close', resolve);
    request.on('timeout', () => request.destroy());
    request.end();
  });
}

async function expectOne(
  app: TestApp,
  host: string,
  status: string,
  method = 'GET',
): Promise<void> {
  await eventually(() => app.expectSample(COUNT, { method, host, status }, 1));
  const text = (await app.get('/metrics')).body;
  // The scrape itself, and what looks at samples, may be outgoing requests of this process, too.
  const all = [...text.matchAll(new RegExp(`^${COUNT}\\{.*host="${host}".*\\}`, 'gm'))];
  expect(all.map(([line]) => line)).toHaveLength(1);
}

const ways: Record<string, (url: string) => Promise<unknown>> = {
  'node:http': (url) => send(url),
  fetch: async (url) => (await fetch(url, { redirect: 'manual' })).text(),
  undici: async (url) => (await undiciRequest(url)).body.text(),
};

for (const [way, get] of Object.entries(ways)) {
  onBothPlatforms(`${way}: a request is observed once, with its status`, async (context) => {
    const app = await context.start({ options: { outgoing: true } });
    const { url, host } = await target(context);
    await get(`${url}/404`);
    await expectOne(app, host, '404');
  });

  onBothPlatforms(`${way}: a body that breaks off is an error`, async (context) => {
    const app = await context.start({ options: { outgoing: true } });
    const { url, host } = await target(context);
    await get(`${url}/breaks`).catch(() => undefined);
    await expectOne(app, host, 'error');
  });

  onBothPlatforms(`${way}: a refused connection is an error`, async (context) => {
    const app = await context.start({ options: { outgoing: true } });
    const { url, host, server } = await target(context);
    server.close();
    await once(server, 'close');
    await get(url).catch(() => undefined);
    await expectOne(app, host, 'error');
  });
}

onBothPlatforms('node:http: a timeout and an abort are errors', async (context) => {
  const app = await context.start({ options: { outgoing: true } });
  const { url, host } = await target(context);
  await send(`${url}/hangs`, { timeout: 20 });
  await send(`${url}/hangs`, { signal: AbortSignal.timeout(20) });
  await app.expectSample(COUNT, { method: 'GET', host, status: 'error' }, 2);
});

onBothPlatforms('fetch: an abort before and while the body comes are errors', async (context) => {
  const app = await context.start({ options: { outgoing: true } });
  const { url, host } = await target(context);
  await fetch(`${url}/hangs`, { signal: AbortSignal.timeout(20) }).catch(() => undefined);
  await (await fetch(`${url}/large`)).body?.cancel();
  await eventually(() => app.expectSample(COUNT, { method: 'GET', host, status: 'error' }, 2));
});

onBothPlatforms('fetch: each hop of a redirection is a request', async (context) => {
  const app = await context.start({ options: { outgoing: true } });
  const { url, host } = await target(context);
  await (await fetch(`${url}/moved`)).text();
  await app.expectSample(COUNT, { method: 'GET', host, status: '302' }, 1);
  await app.expectSample(COUNT, { method: 'GET', host, status: '200' }, 1);
});

onBothPlatforms('node:http: a body that is never read', async (context) => {
  const app = await context.start({ options: { outgoing: true } });
  const { url, host, server } = await target(context);
  const unread = (path: string): http.ClientRequest => {
    const request = http.get(url + path, (response) => response.pause());
    return request.on('error', () => undefined);
  };
  // It has arrived as a whole, and waits in memory until its connection ends.
  await once(unread('/ok'), 'response');
  server.closeAllConnections();
  await eventually(() => app.expectSample(COUNT, { method: 'GET', host, status: '200' }, 1));
  // It cannot arrive, and is given up.
  const [response] = (await once(unread('/large'), 'response')) as [IncomingMessage];
  response.destroy();
  await eventually(() => app.expectSample(COUNT, { method: 'GET', host, status: 'error' }, 1));
});

onBothPlatforms('keeps a connection alive: each request on it is one', async (context) => {
  const app = await context.start({ options: { outgoing: true } });
  const { url, host } = await target(context);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  context.cleanUp(() => agent.destroy());
  for (let i = 0; i < 3; i++) await send(url, { agent, method: 'POST' });
  const dispatcher = new Agent({ connections: 1 });
  context.cleanUp(() => dispatcher.close());
  for (let i = 0; i < 2; i++) await (await undiciRequest(url, { dispatcher })).body.text();
  await app.expectSample(COUNT, { method: 'POST', host, status: '200' }, 3);
  await app.expectSample(COUNT, { method: 'GET', host, status: '200' }, 2);
});

onBothPlatforms('node:http: a response before the end of the request', async (context) => {
  const app = await context.start({ options: { outgoing: true } });
  const { url, host } = await target(context);
  const agent = new http.Agent({ keepAlive: true });
  context.cleanUp(() => agent.destroy());
  const request = http.request(url, { agent, method: 'POST' });
  request.write('the beginning');
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  request.end();
  await once(request, 'close');
  await expectOne(app, host, '200', 'POST');
});

onBothPlatforms('node:http: a close that is told of twice counts once', async (context) => {
  const app = await context.start({ options: { outgoing: true } });
  const { url, host } = await target(context);
  const request = http.get(url, (response) => response.resume());
  await once(request, 'close');
  request.emit('close');
  await expectOne(app, host, '200');
});

onBothPlatforms('https: the host has its port where it is not 443', async (context) => {
  const app = await context.start({ options: { outgoing: true } });
  const { host } = await target(
    context,
    https.createServer({ key: FIRST_PAIR.key, cert: FIRST_PAIR.cert }, answer),
  );
  await send(`https://${host}/201`, { rejectUnauthorized: false });
  await expectOne(app, host, '201');
});

onBothPlatforms('a proxy: the host is the one that was asked for', async (context) => {
  const app = await context.start({ options: { outgoing: true } });
  const proxy = await target(context);
  const [hostname, port] = proxy.host.split(':');
  const headers = { host: 'shop.example' };
  await send(proxy.url, { hostname, port, path: 'http://shop.example/204', headers });
  await eventually(() =>
    app.expectSample(COUNT, { method: 'GET', host: 'shop.example', status: '200' }, 1),
  );
});

onBothPlatforms(
  'two applications on one registry count once, on two each for itself',
  async (context) => {
    const registry = new Registry();
    const first = await context.start({ options: { registry, outgoing: true } });
    const second = await context.start({ options: { registry, outgoing: true } });
    const other = await context.start({ options: { outgoing: true } });
    const { url, host } = await target(context);
    await send(url);
    const labels = { method: 'GET', host, status: '200' };
    await second.expectSample(COUNT, labels, 1);
    await other.expectSample(COUNT, labels, 1);
    await first.nest.close();
    await send(url);
    await second.expectSample(COUNT, labels, 2);
  },
);

const CHANNELS = [
  'http.client.request.start',
  'undici:request:create',
  'undici:request:error',
  'tracing:ioredis:command:start',
  'tracing:mysql2:query:asyncEnd',
];

onBothPlatforms(
  'nothing is subscribed with the option off, and after the close',
  async ({ start }) => {
    const isSubscribed = (): boolean => CHANNELS.some((name) => channel(name).hasSubscribers);
    await start({ controllers: [AppController] });
    expect(isSubscribed()).toBe(false);
    const app = await start({ options: { outgoing: true } });
    expect(CHANNELS.every((name) => channel(name).hasSubscribers)).toBe(true);
    await app.nest.close();
    expect(isSubscribed()).toBe(false);
  },
);

onBothPlatforms('listeners of the application still see what they saw', async (context) => {
  await context.start({ options: { outgoing: true } });
  const { url } = await target(context);
  const seen: unknown[] = [];
  const listener = (message: unknown): void => void seen.push(message);
  subscribe('http.client.request.start', listener);
  context.cleanUp(() => unsubscribe('http.client.request.start', listener));
  await send(url);
  expect(seen).toHaveLength(1);
});

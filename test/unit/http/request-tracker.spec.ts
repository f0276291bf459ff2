import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exchange } from '../../../lib/http/exchange.js';
import { RequestTracker } from '../../../lib/http/request-tracker.js';
import { eventually } from '../../support/eventually.js';

const servers: Server[] = [];

async function listening(handler: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

describe('RequestTracker', () => {
  it('tells each recorder about each exchange, whatever another one throws', async () => {
    const errors: unknown[] = [];
    const seen: string[] = [];
    const tracker = new RequestTracker((error) => errors.push(error));
    tracker.addRecorder({
      end: () => {
        throw new Error('broken');
      },
    });
    tracker.addRecorder({
      begin: ({ method, path }) => seen.push(`${method} ${path}`),
      end: ({ method, path, status }) => seen.push(`${method} ${path} ${status}`),
    });
    const { server, url } = await listening((_request, response) => response.end('a'));
    tracker.attach(server);
    expect(await (await fetch(`${url}/cats?a=b`)).text()).toBe('a');
    await eventually(() => expect(seen).toEqual(['GET /cats', 'GET /cats 200']));
    expect(errors).toEqual([new Error('broken')]);
  });

  it('listens once a server, and no more when it is detached', async () => {
    const seen: Exchange[] = [];
    const tracker = new RequestTracker(() => undefined);
    tracker.addRecorder({ end: (exchange) => seen.push(exchange) });
    const { server, url } = await listening((_request, response) => response.end());
    const before = server.listenerCount('request');
    tracker.attach(server);
    tracker.attach(server);
    expect(server.listenerCount('request')).toBe(before + 1);
    await fetch(url);
    await eventually(() => expect(seen).toHaveLength(1));
    tracker.detach();
    expect(server.listenerCount('request')).toBe(before);
    await fetch(url);
    expect(seen).toHaveLength(1);
  });

  it('records requests that are under way when it is detached', async () => {
    const seen: number[] = [];
    const tracker = new RequestTracker(() => undefined);
    tracker.addRecorder({ end: ({ status }) => seen.push(status) });
    const { server, url } = await listening((_request, response) => {
      tracker.detach();
      response.writeHead(202).end();
    });
    tracker.attach(server);
    await fetch(url);
    await eventually(() => expect(seen).toEqual([202]));
  });

  it('gives the exchange that has begun, and none twice', async () => {
    const tracker = new RequestTracker(() => undefined);
    let begun: boolean | undefined;
    const { server, url } = await listening((request, response) => {
      begun = tracker.begin(request, response) === tracker.begin(request, response);
      response.end();
    });
    tracker.attach(server);
    await fetch(url);
    expect(begun).toBe(true);
  });

  it('leaves one listener a socket, however many requests it carries', async () => {
    const tracker = new RequestTracker(() => undefined);
    const counts: number[] = [];
    const { server, url } = await listening((request, response) => {
      counts.push(request.socket.listenerCount('close'));
      response.end();
    });
    tracker.attach(server);
    for (let i = 0; i < 20; i++) await (await fetch(url)).text();
    expect(new Set(counts).size).toBe(1);
  });

  it('tells of an exception after the end once, and of none before it', async () => {
    const late: number[] = [];
    const exchanges: Exchange[] = [];
    const tracker = new RequestTracker(() => undefined);
    tracker.addRecorder({
      end: (exchange) => exchanges.push(exchange),
      threwLate: ({ status }) => late.push(status),
    });
    const { server, url } = await listening((request, response) => {
      if (request.url === '/early') tracker.begin(request, response)?.noteThrown();
      response.end();
    });
    tracker.attach(server);
    for (const path of ['/early', '/late']) await fetch(url + path);
    await eventually(() => expect(exchanges).toHaveLength(2));
    for (const exchange of [...exchanges, ...exchanges]) exchange.noteThrown();
    expect(late).toEqual([200]);
    expect(exchanges.map(({ threw }) => threw)).toEqual([true, true]);
  });

  it('measures seconds that are never negative', async () => {
    const seconds: number[] = [];
    const tracker = new RequestTracker(() => undefined);
    tracker.addRecorder({ end: (exchange) => seconds.push(exchange.seconds) });
    const { server, url } = await listening((request, response) => {
      // As if the clock had been set back.
      Object.assign(tracker.begin(request, response) as Exchange, {
        startedAt: performance.now() + 60_000,
      });
      response.end();
    });
    tracker.attach(server);
    await fetch(url);
    await eventually(() => expect(seconds).toEqual([0]));
  });
});

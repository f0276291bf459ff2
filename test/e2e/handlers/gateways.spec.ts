import { once } from 'node:events';
import { Injectable, ParseIntPipe, Scope, UseGuards, type CanActivate } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import { from, map, NEVER, type Observable } from 'rxjs';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { Counter, Gauge, type MetricContext } from '../../../lib/index.js';
import { onBothPlatforms, type TestContext } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

const DURATION = 'nestjs_handler_duration_seconds_count';

@Injectable()
class NoEntry implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@WebSocketGateway()
class Gateway {
  @SubscribeMessage('double')
  @Counter('doubled', 'Calls', {
    labels: { data: ({ request }: MetricContext) => request as number },
  })
  @Gauge('busy', 'Calls in progress')
  double(@MessageBody(ParseIntPipe) value: number): WsResponse<number> {
    return { event: 'answer', data: value * 2 };
  }

  @SubscribeMessage('several')
  several(): Observable<WsResponse<number>> {
    return from([1, 2]).pipe(map((data) => ({ event: 'answer', data })));
  }

  @SubscribeMessage('fails')
  async fails(): Promise<never> {
    await Promise.resolve();
    throw new WsException('no');
  }

  @SubscribeMessage('hangs')
  hangs(): Observable<never> {
    return NEVER;
  }

  @SubscribeMessage('guarded')
  @UseGuards(NoEntry)
  guarded(): string {
    return 'never';
  }
}

@WebSocketGateway()
@Injectable({ scope: Scope.REQUEST })
class ScopedGateway {
  @SubscribeMessage('scoped')
  scoped(): WsResponse<string> {
    return { event: 'answer', data: 'scoped' };
  }
}

/** A client of either library. */
interface Client {
  send(event: string, data: unknown): void;
  /** The next so many answers. */
  answers(count: number): Promise<unknown[]>;
  close(): void;
}

async function wsClient(app: TestApp): Promise<Client> {
  const socket = new WebSocket(app.url.replace('http', 'ws'));
  const received: unknown[] = [];
  socket.on('message', (message: Buffer) => received.push(JSON.parse(message.toString())));
  await once(socket, 'open');
  return {
    send: (event, data) => socket.send(JSON.stringify({ event, data })),
    answers: async (count) => {
      while (received.length < count) await once(socket, 'message');
      return received.splice(0, count).map((message) => (message as { data: unknown }).data);
    },
    close: () => socket.close(),
  };
}

async function ioClient(app: TestApp): Promise<Client> {
  const socket = io(app.url, { transports: ['websocket'], forceNew: true });
  const received: unknown[] = [];
  socket.onAny((_event: string, data: unknown) => received.push(data));
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return {
    send: (event, data) => void socket.emit(event, data),
    answers: async (count) => {
      await app.eventually(() => expect(received.length).toBeGreaterThanOrEqual(count));
      return received.splice(0, count);
    },
    close: () => void socket.close(),
  };
}

const LIBRARIES = [
  ['ws', WsAdapter, wsClient],
  ['socket.io', IoAdapter, ioClient],
] as const;

describe.each(LIBRARIES)('a gateway of %s', (_, Adapter, connect) => {
  async function open({ start, cleanUp }: TestContext): Promise<[TestApp, Client]> {
    const app = await start({
      providers: [Gateway, ScopedGateway],
      configure: (nest) => nest.useWebSocketAdapter(new Adapter(nest)),
    });
    const client = await connect(app);
    cleanUp(() => client.close());
    return [app, client];
  }

  onBothPlatforms('has each message measured once', async (context) => {
    const [app, client] = await open(context);
    client.send('double', 2);
    expect(await client.answers(1)).toEqual([4]);
    client.send('several', 0);
    expect(await client.answers(2)).toEqual([1, 2]);
    client.send('scoped', 0);
    expect(await client.answers(1)).toEqual(['scoped']);
    client.send('fails', 0);
    const called = (handler: string, outcome: string): Promise<void> =>
      app.expectSample(DURATION, { kind: 'ws', handler, outcome }, 1);
    await called('Gateway.double', 'success');
    await called('Gateway.several', 'success');
    await called('Gateway.fails', 'error');
    await called('ScopedGateway.scoped', 'success');
    await app.expectSum(DURATION, {}, 4);
    await app.expectSample('doubled_total', { data: '2' }, 1);
    await app.expectSample('busy', {}, 0);
  });

  onBothPlatforms('has no calls that a guard or a pipe rejects', async (context) => {
    const [app, client] = await open(context);
    client.send('guarded', 1);
    client.send('double', 'two');
    await app.expectSample('doubled_total', { data: 'two' }, 1);
    client.send('double', 3);
    await app.expectSample('doubled_total', { data: '3' }, 1);
    app.provider(Gateway).double(1);
    await app.expectSum(DURATION, {}, 1);
  });

  onBothPlatforms('shows what is in progress', async (context) => {
    const [app, client] = await open(context);
    client.send('hangs', 0);
    const labels = { kind: 'ws', handler: 'Gateway.hangs' };
    await app.expectSample('nestjs_handlers_in_progress', labels, 1);
  });
});

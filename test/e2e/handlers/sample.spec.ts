import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { register } from 'prom-client';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { parseExposition } from '../../support/parse-exposition.js';

const DURATION = 'nestjs_handler_duration_seconds_count';

describe('sample/06-everything', () => {
  it('shows a call of each kind, without a Redis', async () => {
    const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    const before = { ...process.env };
    delete process.env['REDIS_URL'];
    process.env['MESSAGES_PORT'] = String(await freePort());
    const { AppModule } = await import('../../../sample/06-everything/app.module.js');
    const { MESSAGES } = await import('../../../sample/06-everything/stock.client.js');
    const app = await NestFactory.create(AppModule, { logger: false });
    try {
      app.useWebSocketAdapter(new WsAdapter(app));
      app.connectMicroservice({ transport: Transport.TCP, options: MESSAGES });
      await app.startAllMicroservices();
      await app.listen(0, '127.0.0.1');
      const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
      process.env['PORT'] = String(port);
      await import('../../../sample/06-everything/visit.js');
      expect(log).toHaveBeenLastCalledWith('WebSocket:', '{"event":"placed","data":4}');
      await eventually(async () => {
        const body = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
        const shown = parseExposition(body, 'text');
        const calls = (kind: string): number => shown.sum(DURATION, { kind });
        expect(['graphql', 'rpc', 'ws', 'event'].map(calls)).toEqual([1, 1, 1, 4]);
        expect(calls('cron')).toBeGreaterThan(0);
        expect(shown.sum('bakery_orders_total', { taken: 'true' })).toBe(4);
        expect(shown.sum('bakery_orders_total', { item: 'other', taken: 'false' })).toBe(1);
      }, 30_000);
    } finally {
      await app.close();
      process.env = before;
      log.mockRestore();
    }
    expect(register.getMetricsAsArray()).toEqual([]);
  });
});

import { Registry, Gauge } from 'prom-client';
import { onBothPlatforms, type TestContext } from '../../support/harness.js';
import { RawConnection, requestText } from '../../support/raw-connection.js';
import type { TestApp } from '../../support/test-app.js';

const host = '127.0.0.1';
const never = (): Promise<never> => new Promise(() => undefined);

/** Starts an application whose close waits for its connections, as Nest does unless told otherwise. */
function start(
  { start: begin }: TestContext,
  options: Parameters<TestContext['start']>[0],
): Promise<TestApp> {
  return begin({
    ...options,
    nest: { forceCloseConnections: false },
    fastify: { forceCloseConnections: false },
  });
}

/** Without a bound, these closes would take minutes, or never end. */
const TIMEOUT = 30_000;

onBothPlatforms(
  '`authorize` that never settles delays no close',
  async (context) => {
    let asked = 0;
    const authorize = (): Promise<boolean> => {
      asked += 1;
      return never();
    };
    const app = await start(context, { options: { server: { port: 0, host, authorize } } });
    const started = await app.service.startHttpServer(0, { host, authorize });
    const connection = await RawConnection.open(started.port);
    connection.write(requestText('GET', '/metrics'));
    await app.eventually(() => expect(asked).toBe(1));
    await app.nest.close();
    expect(await connection.closed).toBe('');
  },
  TIMEOUT,
);

onBothPlatforms(
  'a guard of the endpoint that never settles delays no close',
  async (context) => {
    let asked = 0;
    const canActivate = (): Promise<boolean> => {
      asked += 1;
      return never();
    };
    const app = await start(context, { options: { guards: [{ canActivate }] } });
    const connection = await app.raw(requestText('GET', '/metrics'));
    await app.eventually(() => expect(asked).toBe(1));
    await app.nest.close();
    expect(await connection.closed).toBe('');
  },
  TIMEOUT,
);

onBothPlatforms(
  'scrapers that never read delay no close',
  async (context) => {
    const registry = new Registry();
    const gauge = new Gauge({ name: 'g', help: 'G', labelNames: ['text'], registers: [registry] });
    const filling = 'x'.repeat(2_000);
    for (let i = 0; i < 10_000; i++) gauge.set({ text: `${i} ${filling}` }, i);
    const app = await start(context, {
      options: { registry, endpoint: { writeTimeoutSeconds: 600, timeoutSeconds: 600 } },
      keeps: ['g'],
    });
    const server = await app.service.startHttpServer(0, { host });
    for (const port of [app.port, server.port]) {
      const connection = await RawConnection.open(port);
      context.cleanUp(() => connection.destroy());
      connection.pause().write(requestText('GET', '/metrics'));
    }
    await app.eventually(() => expect(app.requests.open).toHaveLength(1));
    await app.nest.close();
  },
  TIMEOUT,
);

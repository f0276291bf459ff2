import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { PrometheusConfigError } from '../../../lib/index.js';
import { GatedMetric } from './gate.js';
import { onBothPlatforms, type TestContext } from '../../support/harness.js';
import { RawConnection, requestText } from '../../support/raw-connection.js';

const host = '127.0.0.1';

/** What the process would be told of, and end by. */
function unhandled({ cleanUp }: TestContext): unknown[] {
  const found: unknown[] = [];
  const note = (reason: unknown): void => void found.push(reason);
  for (const event of ['unhandledRejection', 'uncaughtExceptionMonitor']) {
    process.on(event, note);
    cleanUp(() => process.off(event, note));
  }
  return found;
}

// Shutdown during a scrape; port in use.
onBothPlatforms('a shutdown during scrapes leaves no rejection behind', async (context) => {
  const found = unhandled(context);
  const registry = new Registry();
  const gated = new GatedMetric(registry);
  const app = await context.start({ options: { registry } });
  const server = await app.service.startHttpServer(0, { host });
  const ofServer = await RawConnection.open(server.port);
  ofServer.write(requestText('GET', '/metrics'));
  await app.eventually(() => expect(gated.calls).toBe(1));
  const ofApp = await app.raw(requestText('GET', '/metrics'));
  await app.eventually(() => expect(app.requests.open).toHaveLength(1));
  const closed = app.nest.close();
  // The connections of the application are cut, as its option says.
  await ofApp.closed;
  gated.open();
  await closed;
  expect(await ofServer.closed).toMatch(/^HTTP\/1.1 200 OK[^]*gated 1\n/);
  await new Promise((resolve) => setImmediate(resolve));
  expect(found).toEqual([]);
  await expect(RawConnection.open(server.port)).rejects.toThrow('ECONNREFUSED');
});

onBothPlatforms('a port in use is a clear startup error', async (context) => {
  const found = unhandled(context);
  const taken = createServer().listen(0, host);
  await once(taken, 'listening');
  context.cleanUp(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const expected = `the metrics server cannot listen on host ${host}, port ${port}: the port is in use`;

  const registry = new Registry();
  const started = context.start({ options: { registry, server: { port, host } } });
  await expect(started).rejects.toThrow(PrometheusConfigError);
  await expect(started).rejects.toThrow(expected);
  expect(registry.getMetricsAsArray()).toEqual([]);

  const app = await context.start();
  await expect(app.service.startHttpServer(port, { host })).rejects.toThrow(expected);
  expect((await app.get('/metrics')).status).toBe(200);
  expect(found).toEqual([]);
});

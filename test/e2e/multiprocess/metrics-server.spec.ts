import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bearerTokenGuard } from '../../../lib/index.js';
import { startMetricsServer, type RunningServer } from '../../../lib/multiprocess.js';
import { RawConnection } from '../../support/raw-connection.js';
import { FIRST_PAIR } from '../endpoint/test-key-pairs.js';

const host = '127.0.0.1';

describe('startMetricsServer()', () => {
  const directory = mkdtempSync(join(tmpdir(), 'metrics-server-'));
  let server: RunningServer | undefined;
  afterEach(async () => server?.close());
  afterAll(() => rmSync(directory, { recursive: true }));

  it('serves its path, at its host alone', async () => {
    server = await startMetricsServer({ port: 0, host, directory, path: '/all' });
    const url = `http://${host}:${server.port}`;
    const body = await (await fetch(`${url}/all`)).text();
    expect(body).toMatch(/^nestjs_exporter_processes\{state="live"\} 0$/m);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    await expect(RawConnection.open(server.port, '127.0.0.2')).rejects.toThrow();
  });

  it('lets in who `authorize` says', async () => {
    const authorize = bearerTokenGuard('s3cret');
    server = await startMetricsServer({ port: 0, host, directory, authorize });
    const url = `http://${host}:${server.port}/metrics`;
    expect((await fetch(url)).status).toBe(401);
    const headers = { authorization: 'Bearer s3cret' };
    expect((await fetch(url, { headers })).status).toBe(200);
  });

  it('speaks TLS with the key pair that it is given', async () => {
    const { key, cert } = FIRST_PAIR;
    server = await startMetricsServer({ port: 0, host, directory, tls: { key, cert } });
    const sent = request({ host, port: server.port, path: '/metrics', ca: cert, agent: false });
    const [response] = (await once(sent.end(), 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    response.resume();
    await once(response, 'end');
  });

  it('is gone when it is closed', async () => {
    const { port, close } = await startMetricsServer({ port: 0, host, directory });
    await close();
    await expect(RawConnection.open(port)).rejects.toThrow('ECONNREFUSED');
  });
});

import { rename, rm, writeFile, mkdtemp } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { Registry } from 'prom-client';
import {
  basicAuthGuard,
  bearerTokenGuard,
  PrometheusConfigError,
  PrometheusModule,
  PrometheusService,
  type MetricsServerOptions,
} from '../../../lib/index.js';
import { formatOf } from '../../support/exposition.js';
import { onBothPlatforms, onPlatform, type TestContext } from '../../support/harness.js';
import { LogCapture } from '../../support/log-capture.js';
import { parseExposition } from '../../support/parse-exposition.js';
import { RawConnection, requestText } from '../../support/raw-connection.js';
import { GatedMetric } from './gate.js';
import { FIRST_PAIR, SECOND_PAIR } from './test-key-pairs.js';
import { freePort } from '../../support/free-port.js';

const host = '127.0.0.1';

const statusOf = async (url: string, init: RequestInit = {}): Promise<number> => {
  const response = await fetch(url, init);
  await response.arrayBuffer();
  return response.status;
};

/** What keeps the process alive, of the kinds that a server has. */
function alive(): string[] {
  return process.getActiveResourcesInfo().filter((type) => /TCP|StatWatcher/.test(type));
}

/** Name in the certificate that a server shows. */
async function certificateName(port: number): Promise<string> {
  const socket = connectTls({ port, host, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return new X509Certificate(raw).subject.replace('CN=', '');
}

describe('a metrics server of its own', () => {
  onBothPlatforms(
    'serves the same as the endpoint, and closes with the application',
    async ({ start }) => {
      const port = await freePort();
      const app = await start({ options: { path: null, server: { port, host } } });
      await app.get('/nowhere');
      await app.settled();
      const url = `http://${host}:${port}/metrics`;
      const response = await fetch(url, { headers: { accept: 'application/openmetrics-text' } });
      const format = formatOf(response.headers.get('content-type') ?? '');
      const exposition = parseExposition(await response.text(), format);
      expect(format).toBe('openmetrics');
      expect(exposition.value('nestjs_http_request_total', { method: 'GET', status: '404' })).toBe(
        1,
      );
      expect(exposition.sum('nestjs_http_request_total')).toBe(1);
      expect(await statusOf(`http://${app.url.slice(7)}/metrics`)).toBe(404);
      await app.nest.close();
      await expect(fetch(url)).rejects.toThrow();
    },
  );

  onPlatform('express', 'answers its path and GET and HEAD alone', async ({ start }) => {
    const app = await start();
    const { port } = await app.service.startHttpServer(0, { host, path: 'internal/metrics' });
    const url = `http://${host}:${port}`;
    expect(await statusOf(`${url}/internal/metrics?name[]=x`)).toBe(200);
    expect(await statusOf(`${url}/internal/metrics`, { method: 'HEAD' })).toBe(200);
    for (const path of ['/metrics', '/', '/internal/metrics/x', '/internal']) {
      expect([path, await statusOf(url + path)]).toEqual([path, 404]);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${url}/internal/metrics`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      await response.text();
    }
  });

  onPlatform('express', 'listens at its host alone', async ({ start }) => {
    const port = await freePort();
    const app = await start({ options: { server: { port, host } } });
    const started = await app.service.startHttpServer(0, { host });
    for (const each of [port, started.port]) {
      (await RawConnection.open(each)).socket.destroy();
      // On Linux, all of 127.0.0.0/8 is this machine.
      await expect(RawConnection.open(each, '127.0.0.2')).rejects.toThrow();
    }
  });

  onPlatform('express', 'can be closed before the application', async ({ start }) => {
    const app = await start();
    const server = await app.service.startHttpServer(0, { host });
    // Neither a silent connection nor one that is kept alive holds it up.
    const silent = await RawConnection.open(server.port);
    await statusOf(`http://${host}:${server.port}/metrics`);
    await Promise.all([server.close(), server.close()]);
    await silent.closed;
    await expect(RawConnection.open(server.port)).rejects.toThrow('ECONNREFUSED');
    expect((await app.get('/metrics')).status).toBe(200);
  });

  onPlatform(
    'express',
    'finishes the scrapes that are under way when it closes',
    async ({ start }) => {
      const registry = new Registry();
      const gated = new GatedMetric(registry);
      const app = await start({ options: { registry } });
      const server = await app.service.startHttpServer(0, { host });
      const scraper = await RawConnection.open(server.port);
      scraper.write(requestText('GET', '/metrics'));
      await app.eventually(() => expect(gated.calls).toBe(1));
      const closed = server.close();
      await expect(RawConnection.open(server.port)).rejects.toThrow('ECONNREFUSED');
      gated.open();
      await closed;
      expect(await scraper.closed).toMatch(/^HTTP\/1.1 200 OK[^]*gated 1\n/);
    },
  );

  onPlatform('express', 'counts no request of its own, and shares the limit', async ({ start }) => {
    const registry = new Registry();
    const gated = new GatedMetric(registry);
    const app = await start({ options: { registry, endpoint: { maxRequestsInFlight: 1 } } });
    const { port } = await app.service.startHttpServer(0, { host });
    const url = `http://${host}:${port}/metrics`;
    const first = app.scrape();
    await app.eventually(() => expect(gated.calls).toBe(1));
    expect(await statusOf(url)).toBe(503);
    gated.open();
    await first;
    expect(await statusOf(url)).toBe(200);
    await app.expectSum('nestjs_http_request_total', {}, 0);
  });

  onPlatform('express', 'lets `authorize` decide', async ({ start }) => {
    const app = await start();
    const urlFor = async (authorize: MetricsServerOptions['authorize']): Promise<string> => {
      const options = authorize === undefined ? { host } : { host, authorize };
      return `http://${host}:${(await app.service.startHttpServer(0, options)).port}/metrics`;
    };
    expect(await statusOf(await urlFor(() => true))).toBe(200);
    expect(await statusOf(await urlFor(async () => true))).toBe(200);
    expect(await statusOf(await urlFor(() => false))).toBe(403);
    expect(await statusOf(await urlFor(async () => false))).toBe(403);
    const byHeader = await urlFor(({ headers }) => headers['x-scraper'] === 'yes');
    expect(await statusOf(byHeader)).toBe(403);
    expect(await statusOf(byHeader, { headers: { 'x-scraper': 'yes' } })).toBe(200);
    // Anything but `true` is a no.
    expect(await statusOf(await urlFor((() => 'yes') as never))).toBe(403);
  });

  onPlatform(
    'express',
    'refuses everybody when `authorize` throws, and tells the log alone',
    async ({ start }) => {
      const app = await start();
      const fails: (() => Promise<boolean>)[] = [
        () => Promise.reject(new Error('vault is sealed')),
        () => {
          throw new Error('vault is sealed');
        },
      ];
      for (const authorize of fails) {
        const { port } = await app.service.startHttpServer(0, { host, authorize });
        const response = await fetch(`http://${host}:${port}/metrics`);
        expect(response.status).toBe(500);
        expect(await response.text()).toBe('The request could not be authorized.\n');
      }
      expect(app.logs.warnings.filter((line) => line.includes('vault is sealed'))).toHaveLength(1);
      const labels = { cause: 'authorize' };
      await app.expectSample('nestjs_exporter_scrape_errors_total', labels, 2);
    },
  );

  onPlatform('express', 'takes the credential guards as `authorize`', async ({ start }) => {
    const app = await start();
    const basic = basicAuthGuard({ username: 'prometheus', password: 'pass:wörd' });
    const bearer = bearerTokenGuard('a-token');
    const cases = [
      [basic, `Basic ${Buffer.from('prometheus:pass:wörd').toString('base64')}`, /^Basic realm=/],
      [bearer, 'Bearer a-token', /^Bearer realm=/],
    ] as const;
    for (const [authorize, authorization, challenge] of cases) {
      const { port } = await app.service.startHttpServer(0, { host, authorize });
      const url = `http://${host}:${port}/metrics`;
      expect(await statusOf(url, { headers: { authorization } })).toBe(200);
      const refused = await fetch(url, { headers: { authorization: `${authorization}x` } });
      expect([refused.status, await refused.text()]).toEqual([401, 'Unauthorized.\n']);
      expect(refused.headers.get('www-authenticate')).toMatch(challenge);
    }
  });

  onPlatform('express', 'starts where `when` says so', async ({ start }) => {
    const port = await freePort();
    for (const when of [() => false, async () => false, () => undefined as never]) {
      const app = await start({ options: { server: { port, host, when } } });
      await expect(RawConnection.open(port)).rejects.toThrow('ECONNREFUSED');
      await app.nest.close();
    }
    await start({ options: { server: { port, host, when: async () => true } } });
    expect(await statusOf(`http://${host}:${port}/metrics`)).toBe(200);
    const server = { port, host, when: () => Promise.reject(new Error('not decided')) };
    await expect(start({ options: { server } })).rejects.toThrow('not decided');
  });

  onPlatform('express', 'does not keep the process alive', async ({ start }) => {
    const app = await start();
    // That of the application; what earlier tests have left is closing.
    const before = ['TCPServerWrap'];
    await app.eventually(() => expect(alive()).toEqual(before));
    const { port } = await app.service.startHttpServer(0, { host });
    const tls = await app.service.startHttpServer(0, { host, tls: FIRST_PAIR_ONLY });
    expect(alive()).toEqual(before);
    const scraper = await RawConnection.open(port);
    await scraper.write(requestText('GET', '/metrics')).until('nestjs_exporter_info');
    const secure = connectTls({ port: tls.port, host, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    secure.write(requestText('GET', '/metrics'));
    await once(secure, 'data');
    // The ends of the connections that the test has itself.
    scraper.socket.unref();
    secure.unref();
    expect(alive()).toEqual(before);
    scraper.destroy();
    secure.destroy();
  });

  it('is there in an application without HTTP', async () => {
    const registry = new Registry();
    const port = await freePort();
    const options = { registry, processMetrics: false, server: { port, host } };
    const context = await NestFactory.createApplicationContext(PrometheusModule.forRoot(options), {
      logger: new LogCapture(),
    });
    expect(await statusOf(`http://${host}:${port}/metrics`)).toBe(200);
    expect(context.get(PrometheusService).registry).toBe(registry);
    await context.close();
    await expect(RawConnection.open(port)).rejects.toThrow('ECONNREFUSED');
    expect(registry.getMetricsAsArray()).toEqual([]);
  });
});

const FIRST_PAIR_ONLY = { key: FIRST_PAIR.key, cert: FIRST_PAIR.cert };

describe('a metrics server with TLS', () => {
  onPlatform('express', 'takes PEM, as text and as bytes', async ({ start }) => {
    const app = await start();
    const { key, cert } = SECOND_PAIR;
    for (const tls of [
      { key, cert },
      { key: Buffer.from(key), cert: Buffer.from(cert) },
    ]) {
      const { port } = await app.service.startHttpServer(0, { host, tls });
      expect(await certificateName(port)).toBe('second');
    }
  });

  onPlatform('express', 'reads its files again when they are replaced', async (context) => {
    const files = await keyPairFiles(context);
    const app = await context.start();
    const { port } = await app.service.startHttpServer(0, { host, tls: files });
    expect(await certificateName(port)).toBe('first');

    await replace(files.cert, SECOND_PAIR.cert);
    await app.eventually(() => expect(app.logs.warnings.join()).toContain('cannot be used'));
    expect(await certificateName(port)).toBe('first');

    await replace(files.key, SECOND_PAIR.key);
    await app.eventually(async () => expect(await certificateName(port)).toBe('second'));
  });

  onPlatform('express', 'does not start without a pair that fits', async ({ start }) => {
    const app = await start();
    for (const tls of [
      { key: FIRST_PAIR.key, cert: SECOND_PAIR.cert },
      { key: '/nowhere/tls.key', cert: '/nowhere/tls.crt' },
    ]) {
      const started = app.service.startHttpServer(0, { host, tls });
      await expect(started).rejects.toThrow(PrometheusConfigError);
      await expect(started).rejects.toThrow(
        /`server.tls` expects a key and a certificate that fit/,
      );
    }
  });
});

async function keyPairFiles({ cleanUp }: TestContext): Promise<{ key: string; cert: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'metrics-tls-'));
  cleanUp(() => rm(directory, { recursive: true }));
  const files = { key: join(directory, 'tls.key'), cert: join(directory, 'tls.crt') };
  await writeFile(files.key, FIRST_PAIR.key);
  await writeFile(files.cert, FIRST_PAIR.cert);
  return files;
}

/** As tools that renew certificates do: the new file is put in the place of the old one. */
async function replace(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

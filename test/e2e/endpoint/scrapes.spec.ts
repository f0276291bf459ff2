import { SCRAPE_CAUSES } from '../../../lib/scrape/scrape-failure.js';
import { once } from 'node:events';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { gunzipSync } from 'node:zlib';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Gauge, Registry } from 'prom-client';
import { formatOf } from '../../support/exposition.js';
import { onBothPlatforms, onPlatform } from '../../support/harness.js';
import { parseExposition } from '../../support/parse-exposition.js';
import { requestText } from '../../support/raw-connection.js';
import { GatedMetric } from './gate.js';

@Controller()
class AppController {
  @Get('a')
  a(): string {
    return 'a';
  }
}

const SCRAPE = requestText('GET', '/metrics');

describe('the metrics endpoint', () => {
  onBothPlatforms('sends gzip to those who accept it', async ({ start }) => {
    const app = await start({ controllers: [AppController] });
    await app.get('/a');
    const plain = await app.get('/metrics', { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(Number(plain.headers.get('content-length'))).toBe(Buffer.byteLength(plain.body));
    const gzip = await app.get('/metrics', { headers: { 'accept-encoding': 'gzip' } });
    expect(gzip.headers.get('content-encoding')).toBe('gzip');
    expect(Number(gzip.headers.get('content-length'))).toBeLessThan(plain.body.length / 2);
    const exposition = parseExposition(gzip.body, formatOf(gzip.headers.get('content-type') ?? ''));
    expect(exposition.value('nestjs_http_request_total', { method: 'GET', status: '200' })).toBe(1);
    for (const { headers } of [plain, gzip]) {
      expect(headers.get('vary')).toBe('Accept, Accept-Encoding');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  onBothPlatforms('sends no gzip where it is turned off', async ({ start }) => {
    const app = await start({ options: { endpoint: { compression: false } } });
    const { status, headers } = await app.get('/metrics');
    expect([status, headers.get('content-encoding')]).toEqual([200, null]);
  });

  onBothPlatforms('answers HEAD with the headers of GET', async ({ start }) => {
    const app = await start();
    const path = '/metrics?name[]=nestjs_exporter_info';
    const headers = { 'accept-encoding': 'identity' };
    const get = await app.get(path, { headers });
    const head = await app.request('HEAD', path, { headers });
    expect([head.status, head.body]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length', 'cache-control', 'vary']) {
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
    }
  });

  onBothPlatforms('keeps the headers that CORS has set', async ({ start }) => {
    const origin = 'http://a.example';
    const app = await start({ configure: (nest) => nest.enableCors({ origin: [origin] }) });
    const { headers } = await app.get('/metrics', { headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('vary')).toBe('Origin, Accept, Accept-Encoding');
  });

  onPlatform('fastify', 'keeps the headers that hooks have set', async ({ start }) => {
    const app = await start({
      configure: (nest) => {
        const fastify = (nest as unknown as NestFastifyApplication).getHttpAdapter().getInstance();
        fastify.addHook('onRequest', (_request, reply, done) => {
          reply.header('x-from-a-hook', 'yes');
          done();
        });
      },
    });
    expect((await app.get('/metrics')).headers.get('x-from-a-hook')).toBe('yes');
  });

  onBothPlatforms('reads the metrics once for scrapes that arrive together', async ({ start }) => {
    const registry = new Registry();
    const gated = new GatedMetric(registry);
    gated.open();
    const app = await start({ options: { registry } });
    const names = '?name[]=gated';
    const one = requestText('GET', `/metrics${names}`);
    const last = requestText('GET', `/metrics${names}`, { connection: 'close' });
    const together = await (await app.raw(one + one + last)).closed;
    expect(together.match(/^gated \d+$/gm)).toEqual(['gated 1', 'gated 1', 'gated 1']);
    expect((await app.scrape()).value('gated')).toBe(2);
  });

  onBothPlatforms(
    'shows in a scrape all that was recorded before it arrived',
    async ({ start }) => {
      const app = await start({ controllers: [AppController] });
      const labels = { method: 'GET', status: '200' };
      for (let sent = 1; sent <= 20; sent++) {
        await app.get('/a');
        await app.settled();
        const bodies = await Promise.all([app.scrape(), app.scrape()]);
        expect(bodies.map((body) => body.value('nestjs_http_request_total', labels))).toEqual([
          sent,
          sent,
        ]);
      }
    },
  );

  onBothPlatforms('refuses scrapes beyond the limit, until others are over', async ({ start }) => {
    const registry = new Registry();
    const gated = new GatedMetric(registry);
    const app = await start({ options: { registry, endpoint: { maxRequestsInFlight: 2 } } });
    const served = [app.scrape(), app.scrape()];
    await app.eventually(() => expect(app.requests.received).toBe(2));
    await app.eventually(() => expect(gated.calls).toBe(1));
    for (let refused = 0; refused < 2; refused++) {
      const { status, headers, body } = await app.get('/metrics');
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
      expect(body).toBe('Too many scrapes at the same time, try again later.\n');
    }
    gated.open();
    for (const { status } of await Promise.all(served)) expect(status).toBe(200);
    const after = await app.scrape();
    expect(after.value('nestjs_exporter_scrape_errors_total', { cause: 'in_flight' })).toBe(2);
    expect(app.logs.warnings.filter((line) => line.includes('503'))).toHaveLength(1);
  });

  onBothPlatforms('frees the places of scrapers that went away', async ({ start }) => {
    const registry = new Registry();
    const gated = new GatedMetric(registry);
    const app = await start({ options: { registry, endpoint: { maxRequestsInFlight: 1 } } });
    for (let round = 1; round <= 3; round++) {
      const scraper = await app.raw(SCRAPE);
      await app.eventually(() => expect(app.requests.open).toHaveLength(1));
      scraper.destroy();
      await app.settled();
    }
    gated.open();
    expect((await app.scrape()).value('gated')).toBeGreaterThan(0);
    await app.expectSample('nestjs_exporter_scrape_errors_total', { cause: 'in_flight' }, 0);
  });

  onBothPlatforms('survives scrapers that go away at any moment', async ({ start, cleanUp }) => {
    const found: unknown[] = [];
    const note = (error: unknown): void => void found.push(error);
    process.on('uncaughtExceptionMonitor', note).on('unhandledRejection', note);
    cleanUp(() => {
      process.off('uncaughtExceptionMonitor', note).off('unhandledRejection', note);
    });
    const registry = new Registry();
    const large = new Gauge({
      name: 'large',
      help: 'L.',
      labelNames: ['l'],
      registers: [registry],
    });
    for (let i = 0; i < 200; i++) large.set({ l: `${i}${'x'.repeat(10_000)}` }, 1);
    const app = await start({ options: { registry, endpoint: { maxRequestsInFlight: 100 } } });
    const leave = async (moment: number): Promise<void> => {
      const scraper = await app.raw(SCRAPE);
      if (moment === 1) await app.eventually(() => expect(app.requests.open).not.toEqual([]));
      if (moment === 2) await scraper.until('200 OK');
      if (moment === 3)
        await app.eventually(() => expect(scraper.received.length).toBeGreaterThan(100_000));
      if (moment === 4) scraper.end();
      else scraper.destroy();
      await scraper.closed;
    };
    await Promise.all(Array.from({ length: 15 }, (_, i) => leave(i % 5)));
    await app.settled();
    await app.expectSum('nestjs_exporter_scrape_errors_total', {}, 0);
    expect(found).toEqual([]);
  });

  onPlatform('fastify', 'is served over HTTP/2', async ({ start, cleanUp }) => {
    const app = await start({ fastify: { http2: true } as never });
    const session = connectHttp2(app.url);
    cleanUp(() => session.destroy());
    const get = async (headers: OutgoingHttpHeaders): Promise<Buffer> => {
      const stream = session.request({ ':path': '/metrics', ...headers });
      const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders];
      expect(answer[':status']).toBe(200);
      return Buffer.concat(await stream.toArray());
    };
    expect((await get({})).toString()).toContain('nestjs_exporter_info{');
    const gzip = await get({ 'accept-encoding': 'gzip' });
    expect(gunzipSync(gzip).toString()).toContain('nestjs_exporter_info{');
  });

  onBothPlatforms('frees the places of scrapes that waited on a connection', async ({ start }) => {
    const registry = new Registry();
    const gated = new GatedMetric(registry);
    const app = await start({ options: { registry, endpoint: { maxRequestsInFlight: 3 } } });
    // The answers to the second and third cannot be sent before that to the first.
    const scraper = await app.raw(SCRAPE + SCRAPE + SCRAPE);
    await app.eventually(() => expect(app.requests.received).toBe(3));
    await app.eventually(() => expect(gated.calls).toBe(1));
    scraper.destroy();
    gated.open();
    await app.expectSample('nestjs_exporter_scrape_duration_seconds_count', {}, 3);
  });

  onBothPlatforms('answers 503 when the body is not ready in time', async ({ start }) => {
    const registry = new Registry();
    const gated = new GatedMetric(registry, 'secret_name');
    const endpoint = { timeoutSeconds: 0.2, collectTimeoutSeconds: 60 };
    const app = await start({ options: { registry, endpoint } });
    const { status, body, headers } = await app.get('/metrics');
    expect([status, body]).toEqual([503, 'Collecting the metrics took too long.\n']);
    expect(headers.get('cache-control')).toBe('no-store');
    gated.open();
    const after = await app.scrape();
    expect(after.value('nestjs_exporter_scrape_errors_total', { cause: 'timeout' })).toBe(1);
    expect(after.value('nestjs_exporter_scrape_duration_seconds_count')).toBe(1);
    expect(after.value('nestjs_exporter_scrape_duration_seconds_sum')).toBeGreaterThan(0.19);
    expect(app.logs.warnings.filter((line) => line.includes('longer than 0.2 s'))).toHaveLength(1);
  });

  onBothPlatforms('answers 500 when the body is too large', async ({ start }) => {
    const app = await start({ options: { endpoint: { maxBodyBytes: 500 } } });
    for (const encoding of ['identity', 'gzip']) {
      const { status, body } = await app.get('/metrics', {
        headers: { 'accept-encoding': encoding },
      });
      expect([status, body]).toEqual([500, 'The metrics could not be collected.\n']);
    }
    const errors = await app.service.getSampleValue('nestjs_exporter_scrape_errors_total', {
      cause: 'body_too_large',
    });
    expect(errors).toBe(2);
    expect(app.logs.warnings.join()).toContain('`endpoint.maxBodyBytes`');
  });

  onBothPlatforms('begins with a 0 for every cause, and no scrape', async ({ start }) => {
    const app = await start();
    const first = await app.scrape();
    const causes = first.labelValues('nestjs_exporter_scrape_errors_total', 'cause');
    expect(causes).toContain('collect_timeout');
    expect([...causes].sort()).toEqual([...SCRAPE_CAUSES].sort());
    expect(first.sum('nestjs_exporter_scrape_errors_total')).toBe(0);
    expect(first.value('nestjs_exporter_scrape_duration_seconds_count')).toBe(0);
    await app.settled();
    expect((await app.scrape()).value('nestjs_exporter_scrape_duration_seconds_count')).toBe(1);
  });
});

import { connect as connectHttp2 } from 'node:http2';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Gauge, Registry } from 'prom-client';
import { onBothPlatforms, onPlatform } from '../../support/harness.js';
import { parseExposition } from '../../support/parse-exposition.js';
import { requestText } from '../../support/raw-connection.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MIB = 2 ** 20;
const ERRORS = 'nestjs_exporter_scrape_errors_total';
const SCRAPE = requestText('GET', '/metrics');
const PLAIN = { headers: { 'accept-encoding': 'identity' } };

/** A registry of which a body takes a little more than so many MiB. */
function largeRegistry(mebibytes: number): Registry {
  const registry = new Registry();
  const large = new Gauge({ name: 'large', help: 'L.', labelNames: ['l'], registers: [registry] });
  for (let i = 0; i < mebibytes * 4; i++) large.set({ l: `${i}_${'x'.repeat(MIB / 4)}` }, i);
  return registry;
}

describe('a body of many label sets', () => {
  onBothPlatforms('is whole, for all who read it at the same time', async ({ start }) => {
    const app = await start({ options: { registry: largeRegistry(10) } });
    const bodies = await Promise.all([app.get('/metrics', PLAIN), app.get('/metrics', PLAIN)]);
    for (const { status, headers, body } of bodies) {
      expect(status).toBe(200);
      expect([headers.get('content-length'), headers.get('transfer-encoding')]).toEqual([
        null,
        'chunked',
      ]);
      const values = parseExposition(body, 'text').samples.filter(({ name }) => name === 'large');
      expect(values.map(({ value }) => value)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    }
    const head = await app.request('HEAD', '/metrics', PLAIN);
    expect([head.status, head.body, head.headers.get('content-length')]).toEqual([200, '', null]);
    await app.expectSum(ERRORS, {}, 0);
  });

  onBothPlatforms('is made no faster than it is read', async ({ start }) => {
    const endpoint = { writeTimeoutSeconds: 60 };
    const app = await start({ options: { registry: largeRegistry(30), endpoint } });
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    const scraper = await app.raw(SCRAPE);
    await scraper.until('200 OK');
    scraper.pause();
    // While it waits, others are served, each at the speed of its own.
    const { body } = await app.get('/metrics', PLAIN);
    expect(body.length).toBeGreaterThan(30 * MIB);
    await app.eventually(() => {
      collectGarbage();
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * MIB);
    });
    expect(scraper.socket.closed).toBe(false);
    scraper.destroy();
    await app.settled();
  });

  onBothPlatforms('has its length in HTTP/1.0, which has no other end', async ({ start }) => {
    const app = await start({ options: { registry: largeRegistry(2) } });
    const scraper = await app.raw(SCRAPE.replace('HTTP/1.1', 'HTTP/1.0'));
    const answer = await scraper.closed;
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(Number(/^content-length: (\d+)$/im.exec(head)?.[1])).toBe(body.length);
    expect(body.length).toBeGreaterThan(2 * MIB);
  });

  onBothPlatforms('that breaks the limit of an application gets a 500', async ({ start }) => {
    const endpoint = { maxBodyBytes: 8 * MIB };
    const app = await start({ options: { registry: largeRegistry(9), endpoint } });
    expect((await app.get('/metrics', PLAIN)).status).toBe(500);
    expect(await app.service.getSampleValue(ERRORS, { cause: 'body_too_large' })).toBe(1);
  });

  onBothPlatforms('is cut off when it fails while it is being sent', async ({ start }) => {
    const endpoint = { maxBodyBytes: 65 * MIB };
    const app = await start({ options: { registry: largeRegistry(66), endpoint } });
    const scraper = await app.raw(SCRAPE);
    const answer = await scraper.closed;
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer.endsWith('0\r\n\r\n')).toBe(false);
    await expect(app.get('/metrics', PLAIN)).rejects.toThrow();
    expect(await app.service.getSampleValue(ERRORS, { cause: 'body_too_large' })).toBe(2);
    expect(app.logs.warnings.join()).toContain('`endpoint.maxBodyBytes`');
    expect((await app.scrape({ names: ['nestjs_exporter_info'] })).status).toBe(200);
  });

  onPlatform('fastify', 'is cut off over HTTP/2, and the connection stays', async (test) => {
    const endpoint = { maxBodyBytes: 65 * MIB };
    const options = { registry: largeRegistry(66), endpoint };
    const app = await test.start({ options, fastify: { http2: true } as never });
    const session = connectHttp2(app.url);
    test.cleanUp(() => session.destroy());
    const stream = session.request({ ':path': '/metrics' });
    await expect(stream.toArray()).rejects.toThrow();
    const other = session.request({ ':path': '/metrics?name[]=nestjs_exporter_info' });
    expect(Buffer.concat(await other.toArray()).toString()).toContain('nestjs_exporter_info{');
  });
});

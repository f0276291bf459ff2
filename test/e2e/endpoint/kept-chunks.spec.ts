/** Memory of what was sent is used again, and nobody who still reads it is to notice. */
import { Duplex } from 'node:stream';
import { Gauge, Registry } from 'prom-client';
import { onBothPlatforms } from '../../support/harness.js';
import { spelled } from '../../support/path-syntax.js';
import { parseExposition } from '../../support/parse-exposition.js';
import { requestText } from '../../support/raw-connection.js';
import type { TestApp } from '../../support/test-app.js';

const COUNT = 15_000;
const PLAIN = { headers: { 'accept-encoding': 'identity' } };
const SCRAPE = requestText('GET', '/metrics', { connection: 'close' });

/** A registry with a body of a few MiB, and its gauge. */
function largeRegistry(): { registry: Registry; gauge: Gauge } {
  const registry = new Registry();
  const gauge = new Gauge({ name: 'g', help: 'G', labelNames: ['text'], registers: [registry] });
  setAll(gauge, 1);
  return { registry, gauge };
}

function setAll(gauge: Gauge, value: number): void {
  const filling = 'x'.repeat(200);
  for (let i = 0; i < COUNT; i++) gauge.set({ text: `${i} ${filling}` }, value);
}

/** All values that a body has for the gauge, in its own format. */
function valuesIn(body: string): Set<number> {
  const samples = parseExposition(body, 'text').samples.filter(({ name }) => name === 'g');
  expect(samples).toHaveLength(COUNT);
  return new Set(samples.map(({ value }) => value));
}

/** The body of an HTTP/1.1 response that is chunked. */
function unchunked(answer: string): string {
  let at = answer.indexOf('\r\n\r\n') + 4;
  let body = '';
  for (;;) {
    const end = answer.indexOf('\r\n', at);
    const size = parseInt(answer.slice(at, end), 16);
    if (size === 0) return body;
    body += answer.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}

async function scrapeWith(app: TestApp, gauge: Gauge, value: number): Promise<void> {
  setAll(gauge, value);
  expect(valuesIn((await app.get('/metrics', PLAIN)).body)).toEqual(new Set([value]));
}

describe('a body that somebody still reads', () => {
  onBothPlatforms(
    'stays as it was for a scraper that is slow, while others are answered',
    async ({ start }) => {
      const { registry, gauge } = largeRegistry();
      const app = await start({
        options: { registry, endpoint: { timeoutSeconds: 60 } },
        keeps: ['g'],
      });
      await scrapeWith(app, gauge, 2);
      const slow = await app.raw(SCRAPE);
      await slow.until('200 OK');
      slow.pause();
      for (const value of [3, 4, 5]) await scrapeWith(app, gauge, value);
      slow.socket.resume();
      expect(valuesIn(unchunked(await slow.closed))).toEqual(new Set([2]));
    },
    60_000,
  );

  onBothPlatforms(
    'stays as it was for middleware that keeps what is written',
    async ({ start }) => {
      const { registry, gauge } = largeRegistry();
      const kept: Buffer[] = [];
      const app = await start({
        options: { registry, endpoint: { timeoutSeconds: 60 } },
        keeps: ['g'],
        middleware: (consumer) =>
          void consumer
            .apply((_: unknown, response: Writes, next: () => void) => {
              const { write } = response;
              response.write = (chunk: Buffer, ...args: unknown[]): unknown => {
                kept.push(chunk);
                return write.call(response, chunk, ...args);
              };
              next();
            })
            .forRoutes(spelled('{*path}')),
      });
      await scrapeWith(app, gauge, 2);
      const whole = [...kept];
      await scrapeWith(app, gauge, 3);
      expect(valuesIn(Buffer.concat(whole).toString())).toEqual(new Set([2]));
    },
    60_000,
  );

  onBothPlatforms(
    "stays as it was on a connection that is not the system's",
    async ({ start }) => {
      const { registry, gauge } = largeRegistry();
      const app = await start({
        options: { registry, endpoint: { timeoutSeconds: 60 } },
        keeps: ['g'],
      });
      const kept: Buffer[] = [];
      const connection = new Duplex({
        read: () => undefined,
        write: (chunk: Buffer, _encoding, done) => {
          kept.push(chunk);
          done();
        },
      });
      const ended = new Promise((resolve) => connection.once('finish', resolve));
      app.server.emit('connection', connection);
      connection.push(SCRAPE);
      await ended;
      await scrapeWith(app, gauge, 3);
      expect(valuesIn(unchunked(Buffer.concat(kept).toString('latin1')))).toEqual(new Set([1]));
    },
    60_000,
  );
});

interface Writes {
  write(chunk: Buffer, ...args: unknown[]): unknown;
}

import type { IncomingMessage } from 'node:http';
import { Controller, Get } from '@nestjs/common';
import { onBothPlatforms } from '../../support/harness.js';
import { spelled } from '../../support/path-syntax.js';
import { requestText } from '../../support/raw-connection.js';

@Controller()
class PageController {
  @Get('page')
  page(): string {
    return 'page';
  }
}

const TOTAL = 'nestjs_http_request_total';
const DURATION = 'nestjs_http_request_duration_seconds_count';

/** Before the framework's router. */
function override(request: IncomingMessage): void {
  request.method = (request.headers['x-http-method-override'] as string) ?? request.method;
}

/** After it, on Express. */
function overrideAgain(request: IncomingMessage, _: unknown, next: () => void): void {
  request.method = 'MADE-UP';
  next();
}

describe('odd methods and request targets', () => {
  onBothPlatforms('are counted once, under bounded labels', async ({ start }) => {
    const app = await start({ controllers: [PageController] });
    const requests = [
      ['PROPFIND', '/page'],
      ['QUERY', '/page'],
      ['SEARCH', '/page'],
      ['GET', 'http://example.com/page?a=1'],
      ['GET', '/page'],
      ['OPTIONS', '*'],
    ] as const;
    let received = 0;
    for (const [method, target] of requests) {
      const connection = await app.raw(requestText(method, target, { connection: 'close' }));
      expect(await connection.closed).toMatch(/^HTTP\/1.1 \d/);
      received = app.requests.received;
    }
    await app.settled();
    await app.expectSum(TOTAL, {}, received);
    await app.expectSum(DURATION, {}, received);
    const exposition = await app.exposition();
    for (const method of exposition.labelValues(TOTAL, 'method')) {
      expect(['GET', 'OPTIONS', 'unknown']).toContain(method);
    }
    expect(exposition.sum(DURATION, { method: 'GET', path: '/page' })).toBe(2);
    expect(exposition.labelValues(DURATION, 'path').sort()).toEqual(['*', '/page']);
  });

  onBothPlatforms('an overridden method counts as what was sent', async ({ start }) => {
    const METHODS = 100;
    const app = await start({
      controllers: [PageController],
      configure: (nest) => nest.getHttpServer().prependListener('request', override),
      middleware: (consumer) => consumer.apply(overrideAgain).forRoutes(spelled('{*path}')),
    });
    for (let i = 0; i < METHODS; i++) {
      const method = i % 2 === 0 ? `METHOD${i}` : '__proto__';
      const headers = { 'x-http-method-override': method, connection: 'close' };
      const connection = await app.raw(requestText('GET', '/page', headers));
      expect(await connection.closed).toMatch(/^HTTP\/1.1 \d/);
    }
    await app.get('/page');
    await app.settled();
    const exposition = await app.exposition();
    for (const name of [TOTAL, DURATION]) {
      expect(exposition.sum(name)).toBe(METHODS + 1);
      expect(exposition.labelValues(name, 'method')).toEqual(['GET']);
    }
  });
});

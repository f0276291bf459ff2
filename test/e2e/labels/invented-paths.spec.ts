import { Controller, Get, Param } from '@nestjs/common';
import type { Express } from 'express';
import type { FastifyInstance } from 'fastify';
import { onBothPlatforms, type PlatformApplication } from '../../support/harness.js';
import { requestText } from '../../support/raw-connection.js';
import type { TestApp } from '../../support/test-app.js';

@Controller()
class RealController {
  @Get('real')
  real(): string {
    return 'real';
  }

  @Get('items/:id')
  item(@Param('id') id: string): string {
    return id;
  }
}

/** Express takes several times as long for one. */
const PATHS = { express: 20_000, fastify: 100_000 } as const;
const BATCH = 500;
const CONNECTIONS = 4;

const TOTAL = 'nestjs_http_request_total';
const DURATION = 'nestjs_http_request_duration_seconds_count';

const isScan = (url: string): boolean => url.endsWith('.php');

/** Spares the test the making of 100,000 exceptions: what looks like a scan is answered early. */
function refuseScans(app: PlatformApplication): void {
  const instance = app.getHttpAdapter().getInstance() as FastifyInstance | Express;
  if ('addHook' in instance) {
    instance.addHook('onRequest', async ({ url }, reply) =>
      isScan(url) ? reply.code(404).send() : undefined,
    );
  } else {
    instance.use((request, response, next) => {
      if (isScan(request.url)) response.status(404).end();
      else next();
    });
  }
}

/** Asks for paths that no other call asks for, pipelined. */
async function scan(app: TestApp, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, at) =>
      requestText(
        'GET',
        `/${i + at}${(i + at) % 10 === 0 ? '' : '.php'}`,
        at === BATCH - 1 ? { connection: 'close' } : {},
      ),
    );
    await (
      await app.raw(batch.join(''))
    ).closed;
  }
}

describe('a scanner that asks for 100,000 paths', () => {
  onBothPlatforms(
    'has 100 path values and _other, and hides no route',
    async ({ platform, start }) => {
      const paths = PATHS[platform];
      const app = await start({ controllers: [RealController], configure: refuseScans });
      const share = paths / CONNECTIONS;
      await Promise.all(
        Array.from({ length: CONNECTIONS }, (_, i) => scan(app, i * share, (i + 1) * share)),
      );
      await app.get('/real');
      for (const id of [1, 2, 2]) await app.get(`/items/${id}`);
      await app.settled();
      const scrape = await app.scrape();
      const notFound = { method: 'GET', status: '404' };
      const found = { method: 'GET', status: '200' };
      expect(scrape.value(TOTAL, notFound)).toBe(paths);
      expect(scrape.sum(TOTAL)).toBe(paths + 4);
      expect(scrape.sum(DURATION)).toBe(paths + 4);
      expect(scrape.matching(DURATION, notFound)).toHaveLength(101);
      expect(scrape.value(DURATION, { ...notFound, path: '_other' })).toBe(paths - 100);
      expect(scrape.value(DURATION, { ...found, path: '/real' })).toBe(1);
      expect(scrape.value(DURATION, { ...found, path: '/items/1' })).toBe(1);
      expect(scrape.value(DURATION, { ...found, path: '/items/2' })).toBe(2);
    },
    120_000,
  );
});

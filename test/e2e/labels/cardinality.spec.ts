import { Controller, Get, Param } from '@nestjs/common';
import { onBothPlatforms } from '../../support/harness.js';
import { requestText } from '../../support/raw-connection.js';
import type { TestApp } from '../../support/test-app.js';

const DURATION = 'nestjs_http_request_duration_seconds_count';
const TOTAL = 'nestjs_http_request_total';
const OVERFLOW = 'nestjs_exporter_label_overflow_total';
const DURATION_FAMILY = 'nestjs_http_request_duration_seconds';

@Controller()
class ItemsController {
  @Get('items/:id')
  item(@Param('id') id: string): string {
    return id;
  }

  @Get('about')
  about(): string {
    return 'about';
  }
}

/** Sends GETs on one connection, pipelined in batches. */
async function getMany(app: TestApp, paths: readonly string[]): Promise<void> {
  const BATCH = 250;
  for (let i = 0; i < paths.length; i += BATCH) {
    const batch = paths.slice(i, i + BATCH);
    const last = batch.length - 1;
    const text = batch.map((path, at) =>
      requestText('GET', path, at === last ? { connection: 'close' } : {}),
    );
    await (
      await app.raw(text.join(''))
    ).closed;
  }
  await app.settled();
}

const numbered = (path: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${path}${i}`);

describe('cardinality', () => {
  onBothPlatforms('100 unmatched paths at most, then _other', async ({ start, logs }) => {
    const app = await start({ controllers: [ItemsController] });
    await getMany(app, numbered('/scan/', 400));
    await getMany(app, ['/about', '/items/1', '/scan/0', '/scan/399']);
    const exposition = await app.exposition();
    const unmatched = exposition.matching(DURATION, { status: '404' });
    expect(unmatched).toHaveLength(101);
    expect(exposition.value(DURATION, { method: 'GET', path: '/scan/0', status: '404' })).toBe(2);
    expect(exposition.value(DURATION, { method: 'GET', path: '_other', status: '404' })).toBe(301);
    expect(exposition.value(DURATION, { method: 'GET', path: '/about', status: '200' })).toBe(1);
    expect(exposition.value(DURATION, { method: 'GET', path: '/items/1', status: '200' })).toBe(1);
    expect(exposition.sum(DURATION)).toBe(404);
    expect(exposition.sum(TOTAL)).toBe(404);
    expect(exposition.value(OVERFLOW, { metric: DURATION_FAMILY })).toBe(301);
    const warnings = logs.warnings.filter((warning) => warning.includes(DURATION_FAMILY));
    expect(warnings).toEqual([
      expect.stringMatching(/100 raw paths.*match no route.*groupBy: 'route'/),
    ]);
    expect(warnings[0]).not.toContain('maxSeries');
  });

  onBothPlatforms('1000 raw paths at most, then templates', async ({ start, logs }) => {
    const app = await start({ controllers: [ItemsController] });
    await getMany(app, numbered('/items/', 1_200));
    await getMany(app, ['/about', '/items/0', '/items/1199', '/nowhere']);
    const exposition = await app.exposition();
    const value = (path: string, status = '200'): number | undefined =>
      exposition.value(DURATION, { method: 'GET', path, status });
    expect(exposition.labelValues(DURATION, 'path')).toHaveLength(1_000 + 3);
    expect(value('/items/0')).toBe(2);
    expect(value('/items/:id')).toBe(201);
    expect(value('/about')).toBe(1);
    expect(value('_other', '404')).toBe(1);
    expect(exposition.sum(DURATION)).toBe(1_204);
    expect(exposition.sum(TOTAL)).toBe(1_204);
    expect(exposition.sum(OVERFLOW)).toBe(203);
    expect(logs.warnings.filter((warning) => warning.includes(DURATION_FAMILY))).toHaveLength(1);
  });

  for (const maxSeries of [1, 2, 3, 10, 50]) {
    onBothPlatforms(`maxSeries: ${maxSeries}, sums stay exact`, async ({ start }) => {
      const app = await start({ controllers: [ItemsController], options: { maxSeries } });
      await getMany(app, numbered('/items/', 60));
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']) {
        for (const path of ['/items/1', '/scan/1', '/about']) await app.request(method, path);
      }
      await app.settled();
      const exposition = await app.exposition();
      expect(exposition.sum(DURATION)).toBe(78);
      expect(exposition.sum(TOTAL)).toBe(78);
      expect(exposition.matching(DURATION).length).toBeLessThanOrEqual(maxSeries);
      expect(exposition.matching(TOTAL).length).toBeLessThanOrEqual(maxSeries);
      expect(exposition.sum(OVERFLOW)).toBeGreaterThan(0);
      const buckets = exposition.sum(`${DURATION_FAMILY}_bucket`, { le: '+Inf' });
      expect(buckets).toBe(78);
    });
  }

  onBothPlatforms('defaultLabels that vary without end', async ({ start, logs }) => {
    let calls = 0;
    const defaultLabels = { call: () => (calls += 1) };
    const options = { defaultLabels, maxSeries: 20 };
    const app = await start({ controllers: [ItemsController], options });
    await getMany(
      app,
      Array.from({ length: 100 }, () => '/about'),
    );
    const exposition = await app.exposition();
    expect(calls).toBe(100);
    for (const name of [DURATION, TOTAL]) {
      expect(exposition.sum(name)).toBe(100);
      expect(exposition.matching(name).length).toBeLessThanOrEqual(20);
      expect(exposition.sum(name, { call: '_other', method: 'GET', status: '200' })).toBe(82);
    }
    expect(exposition.value(OVERFLOW, { metric: TOTAL })).toBe(82);
    expect(logs.warnings.filter((warning) => warning.includes(`"${TOTAL}"`))).toHaveLength(1);
  });

  onBothPlatforms('a group of the application that varies without end', async ({ start }) => {
    let calls = 0;
    const call = (): number => (calls += 1);
    const app = await start({ options: { groupBy: call, maxSeries: 100 } });
    await getMany(app, numbered('/x', 300));
    const exposition = await app.exposition();
    expect(exposition.sum(DURATION)).toBe(300);
    expect(exposition.matching(DURATION).length).toBeLessThanOrEqual(100);
    expect(exposition.sum(DURATION, { call: '_other' })).toBe(210);
    expect(exposition.sum(TOTAL)).toBe(300);
  });

  onBothPlatforms('values are cut at 256 characters', async ({ start }) => {
    const app = await start({ controllers: [ItemsController] });
    const head = `/nowhere/${'a'.repeat(247)}`;
    expect(head).toHaveLength(256);
    for (const path of [head, `${head}b`, `${head}c`, `${head}b`]) await app.get(path);
    await app.expectSample(DURATION, { method: 'GET', path: head, status: '404' }, 4);
    await app.expectSum(DURATION, {}, 4);
  });

  onBothPlatforms('values that are no plain text', async ({ start }) => {
    const values = ['\ud800', 'a\udc00b', '__proto__', 'constructor', '"\\\n', '', 'é😀'];
    let at = 0;
    const odd = (): string => values[at++] as string;
    const app = await start({ controllers: [ItemsController], options: { groupBy: odd } });
    for (const _ of values) await app.get('/about');
    await app.expectSum(DURATION, {}, values.length);
    const stored = (await app.samples(DURATION)).map(({ labels }) => labels['odd'] ?? '');
    expect(stored.sort()).toEqual(
      ['\ufffd', 'a\ufffdb', '__proto__', 'constructor', '"\\\n', '', 'é😀'].sort(),
    );
  });

  onBothPlatforms('paths named like properties of every object', async ({ start }) => {
    @Controller()
    class OddController {
      @Get(['__proto__', 'constructor', 'toString'])
      odd(): string {
        return 'odd';
      }
    }
    const app = await start({ controllers: [OddController] });
    const paths = ['/__proto__', '/constructor', '/toString'];
    for (const path of [...paths, ...paths]) expect((await app.get(path)).status).toBe(200);
    for (const path of paths) {
      await app.expectSample(DURATION, { method: 'GET', path, status: '200' }, 2);
    }
    await app.expectSum(TOTAL, {}, 6);
  });
});

import { Controller, Get, Param } from '@nestjs/common';
import { Registry } from 'prom-client';
import { PrometheusConfigError, type PrometheusModuleOptions } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const TOTAL = 'nestjs_http_request_total';
const DURATION = 'nestjs_http_request_duration_seconds_count';
const EXCEPTIONS = 'nestjs_http_request_exceptions_total';

@Controller()
class PagesController {
  @Get(['health', 'health/:part', 'api/health', 'users/:id', 'a.b', 'axb'])
  page(@Param('part') part?: string): string {
    if (part === 'broken') throw new TypeError('broken');
    return 'page';
  }
}

type Excluded = PrometheusModuleOptions['excludedPaths'];

/** What is excluded, what is requested, and which of it is recorded. */
const CASES: readonly [string, Excluded, readonly string[], readonly string[]][] = [
  [
    'a string, from the start of the path on',
    '/health',
    ['/health', '/health?full=1', '/health/db', '/healthy', '/api/health', '/users/1'],
    ['/api/health', '/users/1'],
  ],
  ['a string with an end', '/health$', ['/health', '/health/db'], ['/health/db']],
  [
    'a string with alternatives, each anchored',
    '/health|/users',
    ['/health', '/users/1', '/api/health', '/api/users'],
    ['/api/health', '/api/users'],
  ],
  ['a string is a pattern', '/a.b', ['/a.b', '/axb', '/ab'], ['/ab']],
  ['a pattern never sees the query string', '.*full', ['/health?full=1'], ['/health']],
  ['a RegExp, anywhere', /health/, ['/health', '/api/health', '/users/1'], ['/users/1']],
  ['a RegExp with its own anchor', /^\/health$/i, ['/HEALTH', '/health/db'], ['/health/db']],
  ['a global RegExp, each time', /health/g, ['/health', '/health', '/health', '/a.b'], ['/a.b']],
  [
    'a sticky RegExp, each time',
    /\/health/y,
    ['/health', '/health', '/api/health'],
    ['/api/health'],
  ],
  [
    'a list of both',
    ['/health', /\d+$/],
    ['/health', '/users/1', '/users/x', '/a.b'],
    ['/users/x', '/a.b'],
  ],
  ['an empty list excludes nothing', [], ['/health'], ['/health']],
  ['an empty string excludes nothing', '', ['/health'], ['/health']],
  ['everything', '.*', ['/health', '/nowhere'], []],
];

describe('excludedPaths', () => {
  for (const [what, excludedPaths, requested, recorded] of CASES) {
    onBothPlatforms(what, async ({ start }) => {
      const options = excludedPaths === undefined ? {} : { excludedPaths };
      const app = await start({ controllers: [PagesController], options });
      // Twice, so that what is known of a path after its first request makes no difference.
      for (const path of [...requested, ...requested]) await app.get(path);
      await app.settled();
      const samples = await app.samples(DURATION);
      expect(samples.map(({ labels }) => labels['path']).sort()).toEqual([...recorded].sort());
      await app.expectSum(DURATION, {}, recorded.length * 2);
      await app.expectSum(TOTAL, {}, recorded.length * 2);
    });
  }

  onBothPlatforms('takes the path as it was sent, whatever the group', async ({ start }) => {
    const options = { groupBy: 'route', excludedPaths: '/users/1$' };
    const app = await start({ controllers: [PagesController], options });
    for (const path of ['/users/1', '/users/2', '/users/1', '/users/12']) await app.get(path);
    await app.expectSample(DURATION, { method: 'GET', route: '/users/:id', status: '200' }, 2);
    await app.expectSum(TOTAL, {}, 2);
  });

  onBothPlatforms('leaves out exceptions, 404s and every method alike', async ({ start }) => {
    const options = { excludedPaths: ['/health', '/gone'] };
    const app = await start({ controllers: [PagesController], options });
    expect((await app.get('/health/broken')).status).toBe(500);
    expect((await app.get('/gone')).status).toBe(404);
    await app.request('HEAD', '/health');
    expect((await app.post('/health', {})).status).toBe(404);
    await app.expectSum(EXCEPTIONS, {}, 0);
    await app.expectSum(TOTAL, {}, 0);
  });

  onBothPlatforms("never changes the application's own RegExp", async ({ start }) => {
    const pattern = /health/g;
    const app = await start({
      controllers: [PagesController],
      options: { excludedPaths: pattern },
    });
    for (let i = 0; i < 3; i++) await app.get('/health');
    await app.expectSum(TOTAL, {}, 0);
    expect(pattern.lastIndex).toBe(0);
    pattern.lastIndex = 5;
    await app.get('/health');
    await app.expectSum(TOTAL, {}, 0);
  });

  for (const wrong of ['(', ['/a', '['], 5, [null], {}, true, [''], 'a)|(b']) {
    onBothPlatforms(`${JSON.stringify(wrong)} fails the startup`, async ({ start }) => {
      const registry = new Registry();
      const options = { excludedPaths: wrong as string, registry };
      const failure = await start({ options }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(PrometheusConfigError);
      expect((failure as Error).message).toMatch(
        /`excludedPaths` expects .*regular expression.* got/,
      );
      expect(registry.getMetricsAsArray()).toEqual([]);
    });
  }
});

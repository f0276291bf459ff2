import { inspect } from 'node:util';
import { Controller, Get } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import {
  MetricsController,
  NO_PREFIX,
  PrometheusConfigError,
  PrometheusModule,
  type PrometheusModuleOptions,
} from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const DURATION = 'nestjs_http_request_duration_seconds';
const TOTAL = 'nestjs_http_request_total';

@Controller('a')
class AController {
  @Get()
  a(): string {
    return 'a';
  }

  @Get('broken')
  broken(): never {
    throw new TypeError('broken');
  }
}

class Unrelated {}

@Controller('elsewhere')
class MovedController extends MetricsController {}

/** Of an error of the library; anything else is thrown on. */
function messageOf(error: unknown): string {
  if (error instanceof PrometheusConfigError) return error.message;
  throw error;
}

/** Option, wrong values, and what the message says is expected. */
const WRONG: readonly [string, readonly unknown[], RegExp][] = [
  ['path', [5, {}, true, '/a?b', '/a/:id', '/*', '//a', 'a b', '/ü'], /a path such as/],
  ['useGlobalPrefix', ['yes', 1, null], /true or false/],
  ['exportDefaults', ['no', 0, null], /true or false/],
  ['defaultsPrefix', ['', '1a', 'a-b', 5, null, Symbol('x'), 'é'], /a prefix of letters/],
  [
    'buckets',
    [[], 'x', 5, null, [1, 1], [2, 1], [NaN], [1, Infinity], [-Infinity, 1], ['1', '2'], [1, null]],
    /finite numbers in ascending order/,
  ],
  ['defaultLatencyAsHistogram', ['summary', 0, null], /true or false/],
  ['defaultLabels', [5, null, 'a', ['a'], () => 'a'], /an object of label names and values/],
  [
    'defaultLabels',
    [{ __x: 1 }, { le: 1 }, { quantile: 1 }, { 'a-b': 1 }, { '1a': 1 }, { '': 1 }],
    /a label name of letters/,
  ],
  ['defaultLabels', [{ method: 1 }, { status: 1 }, { path: 1 }], /names that/],
  [
    'defaultLabels.a',
    [{ a: {} }, { a: null }, { a: undefined }, { a: [] }, { a: Symbol('s') }],
    /a string, number/,
  ],
  ['excludeUserDefaults', ['x', 0, null], /true or false/],
  ['guards', ['x', {}, Unrelated, null], /a list of guards/],
  ['guards', [[5], [null], [{}], ['jwt'], [undefined]], /guards/],
  ['controller', ['x', 5, {}, Unrelated, AController, null], /subclass of MetricsController/],
  ['controller', [MovedController], /without a path/],
  ['processMetrics', ['x', 5, null, ['x']], /true, false, or the options/],
  ['maxSeries', [0, -1, 1.5, NaN, Infinity, '10', null], /a whole number of at least 1/],
  ['interceptor', ['none', true, null], /'auto', 'global'/],
  ['responseConverter', ['x', {}, null], /a function/],
  ['groupByEndpoint', ['yes', 1], /true or false/],
  ['staticLabels', [5, ['a'], 'x'], /an object of label names and values/],
];

describe('module options', () => {
  for (const [option, values, expected] of WRONG) {
    onBothPlatforms(`wrong values of ${option} (${expected.source})`, async ({ start }) => {
      for (const value of values) {
        const registry = new Registry();
        const name = option.split('.')[0] as string;
        const options = { registry, processMetrics: true, [name]: value } as never;
        const message = await start({ options, controllers: [AController] }).then(
          () => `started with ${inspect(value)}`,
          messageOf,
        );
        expect(message).toContain(`\`${option}\` expects`);
        expect(message).toMatch(expected);
        expect(message).toMatch(/ got ./);
        expect(registry.getMetricsAsArray()).toEqual([]);
      }
    });
  }

  onBothPlatforms('a registry that is none', async ({ start }) => {
    for (const registry of ['x', {}, 5, null, new Map()]) {
      const message = await start({
        prometheus: () => PrometheusModule.forRoot({ registry: registry as never }),
      }).then(() => 'started', messageOf);
      expect(message).toMatch(/`registry` expects a prom-client Registry, got ./);
    }
  });

  onBothPlatforms('options that are none', async ({ start }) => {
    for (const options of [5, 'x', null]) {
      const message = await start({
        prometheus: () => PrometheusModule.forRoot(options as never),
      }).then(() => 'started', messageOf);
      expect(message).toMatch(/`options` expects an object/);
    }
  });

  onBothPlatforms('the defaults', async ({ start }) => {
    const app = await start({ controllers: [AController] });
    await app.get('/a');
    await app.get('/a/broken');
    const labels = { method: 'GET', path: '/a', status: '200' };
    await app.expectSample(`${DURATION}_count`, labels, 1);
    await app.expectSample(TOTAL, { method: 'GET', status: '200' }, 1);
    const broken = { method: 'GET', status: '500' };
    await app.expectSample('nestjs_http_request_exceptions_total', broken, 1);
    const exposition = await app.exposition();
    expect(exposition.labelValues(`${DURATION}_bucket`, 'le')).toEqual(
      '0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0 +Inf'.split(' '),
    );
    expect(exposition.matching('nestjs_exporter_info')).toMatchObject([
      { labels: { version: expect.stringMatching(/^\d+\.\d+\.\d+/) }, value: 1 },
    ]);
  });

  onBothPlatforms('defaultsPrefix, and NO_PREFIX', async ({ start }) => {
    for (const [defaultsPrefix, prefix] of [
      ['shop', 'shop_'],
      [NO_PREFIX, ''],
    ] as const) {
      const app = await start({ controllers: [AController], options: { defaultsPrefix } });
      await app.get('/a');
      await app.expectSum(`${prefix}http_request_total`, {}, 1);
      await app.expectSum(`${prefix}http_request_duration_seconds_count`, {}, 1);
      await app.expectSum(`${prefix}exporter_info`, {}, 1);
      const names = [...(await app.exposition()).families.keys()];
      expect(names.filter((name) => name.startsWith('nestjs'))).toEqual([]);
      expect(names.filter((name) => !name.startsWith(prefix))).toEqual([]);
    }
  });

  onBothPlatforms('buckets of the application, and a summary', async ({ start }) => {
    const histogram = await start({ options: { buckets: [-1, 0, 1e6] } });
    const summary = await start({ options: { defaultLatencyAsHistogram: false } });
    for (const app of [histogram, summary]) {
      await app.get('/a');
      await app.expectSum(`${DURATION}_count`, { path: '/a' }, 1);
    }
    const bounds = (await histogram.exposition()).labelValues(`${DURATION}_bucket`, 'le');
    expect(bounds).toEqual(['-1.0', '0.0', '1e+06', '+Inf']);
    const exposition = await summary.exposition();
    expect(exposition.families.get(DURATION)?.type).toBe('summary');
    expect(exposition.matching(DURATION)).toEqual([]);
    expect(exposition.matching(`${DURATION}_bucket`)).toEqual([]);
    expect(exposition.sum(`${DURATION}_sum`)).toBeGreaterThan(0);
  });

  onBothPlatforms('exportDefaults: false, and exported later', async ({ start }) => {
    const app = await start({ controllers: [AController], options: { exportDefaults: false } });
    await app.get('/a');
    await app.settled();
    const names = [...(await app.exposition()).families.keys()];
    expect(names.filter((name) => name.includes('http_request'))).toEqual([]);
    expect(names).not.toContain('nestjs_exporter_info');
    app.service.exportDefaults();
    app.service.exportDefaults({ prefix: 'by_route', groupBy: 'route', buckets: [1] });
    app.service.exportDefaults({ prefix: NO_PREFIX, latencyAsHistogram: false });
    await app.get('/a');
    await app.expectSample(TOTAL, { method: 'GET', status: '200' }, 1);
    const route = { method: 'GET', route: '/a', status: '200' };
    await app.expectSample('by_route_http_request_duration_seconds_count', route, 1);
    await app.expectSample('http_request_total', { method: 'GET', status: '200' }, 1);
    expect(() => app.service.exportDefaults()).toThrow(/not exported yet/);
    expect(() => app.service.exportDefaults({ prefix: '1' })).toThrow(/`prefix` expects/);
    expect(() => app.service.exportDefaults({ prefix: 'x', buckets: [] })).toThrow(/`buckets`/);
    const wrong = { prefix: 'x', latencyAsHistogram: 3 } as never;
    expect(() => app.service.exportDefaults(wrong)).toThrow(
      /`latencyAsHistogram` expects true or false, got 3/,
    );
    await app.get('/a');
    await app.expectSum(TOTAL, {}, 2);
  });

  onBothPlatforms(
    'late defaults that clash leave nothing, and can be tried again',
    async ({ start }) => {
      const registry = new Registry();
      const app = await start({ options: { registry } });
      const clashing = new Counter({
        name: 'late_http_request_exceptions_total',
        help: 'x',
        registers: [registry],
      });
      const before = registry.getMetricsAsArray();
      expect(() => app.service.exportDefaults({ prefix: 'late' })).toThrow(PrometheusConfigError);
      expect(registry.getMetricsAsArray()).toEqual(before);
      await app.get('/a');
      await app.expectSum(TOTAL, {}, 1);
      registry.removeSingleMetric('late_http_request_exceptions_total');
      expect(clashing).toBeDefined();
      app.service.exportDefaults({ prefix: 'late' });
      await app.get('/a');
      await app.expectSum('late_http_request_total', {}, 1);
    },
  );

  onBothPlatforms('defaultLabels: fixed values and functions', async ({ start }) => {
    const seen: unknown[] = [];
    const options: PrometheusModuleOptions = {
      defaultLabels: {
        app: 'shop',
        port: 80,
        on: true,
        code: ({ statusCode }) => statusCode,
        agent: ({ request }) => request.headers['x-agent'],
        none: () => null,
        broken: () => {
          throw new Error('no value');
        },
        text: (context) => {
          seen.push(context.args, context.error, typeof context.response);
          return undefined;
        },
      },
    };
    const app = await start({ controllers: [AController], options });
    await app.get('/a', { headers: { 'x-agent': 'me' } });
    await app.get('/a/broken');
    const fixed = { app: 'shop', port: '80', on: 'true', none: '', broken: '', text: '' };
    const ok = { ...fixed, code: '200', agent: 'me', method: 'GET', status: '200' };
    await app.expectSample(`${DURATION}_count`, { ...ok, path: '/a' }, 1);
    await app.expectSample(TOTAL, ok, 1);
    const failed = { ...fixed, code: '500', agent: '', method: 'GET', status: '500' };
    await app.expectSample('nestjs_http_request_exceptions_total', failed, 1);
    await app.expectSum('nestjs_exporter_label_errors_total', {}, 2);
    expect(app.logs.warnings.filter((warning) => warning.includes('"broken"'))).toHaveLength(1);
    expect(seen).toEqual([[], undefined, 'object', [], undefined, 'object']);
    const info = (await app.samples('nestjs_exporter_info'))[0];
    expect(Object.keys(info?.labels ?? {})).toEqual(['version']);
  });

  onBothPlatforms('deprecated spellings, with one warning each', async ({ start }) => {
    const options = { groupByEndpoint: true, staticLabels: { app: 'shop' } };
    const app = await start({ controllers: [AController], options });
    await app.get('/a');
    await app.get('/a');
    const labels = { method: 'GET', endpoint: 'AController.a', status: '200', app: 'shop' };
    await app.expectSample(`${DURATION}_count`, labels, 2);
    const { warnings } = app.logs;
    expect(warnings.filter((text) => /`groupByEndpoint` is deprecated/.test(text))).toHaveLength(1);
    expect(warnings.filter((text) => /`staticLabels` is deprecated/.test(text))).toHaveLength(1);
  });

  onBothPlatforms('the options object is not kept or changed', async ({ start }) => {
    const buckets = [1, 2];
    const defaultLabels = { app: 'shop' };
    const options = Object.freeze({ buckets, defaultLabels, registry: new Registry() });
    const app = await start({ options });
    buckets.push(0);
    defaultLabels.app = 'changed';
    await app.get('/a');
    await app.expectSum(`${DURATION}_count`, { app: 'shop' }, 1);
    const bounds = (await app.exposition()).labelValues(`${DURATION}_bucket`, 'le');
    expect(bounds).toEqual(['1.0', '2.0', '+Inf']);
  });
});

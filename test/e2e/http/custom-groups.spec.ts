import { Controller, Get } from '@nestjs/common';
import { Registry } from 'prom-client';
import { PrometheusConfigError } from '../../../lib/index.js';
import { onBothPlatforms, type PlatformApplication } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

const DURATION = 'nestjs_http_request_duration_seconds_count';
const TOTAL = 'nestjs_http_request_total';

@Controller('a')
class AController {
  @Get()
  a(): string {
    return 'a';
  }
}

/** Sends requests and gives the values of the group's label with their counts. */
async function grouped(app: TestApp, label: string): Promise<Record<string, number>> {
  await app.get('/a?tenant=1', { headers: { 'x-tenant': 'acme' } });
  await app.get('/nowhere');
  await app.settled();
  const samples = await app.samples(DURATION);
  await app.expectSum(TOTAL, {}, 2);
  expect(samples.every(({ labels }) => label in labels)).toBe(true);
  const values: Record<string, number> = {};
  for (const { labels, value } of samples) {
    const group = labels[label] as string;
    values[group] = (values[group] ?? 0) + value;
  }
  return values;
}

/** The part of a Fastify instance that is used. */
interface Hooks {
  addHook(name: 'onRequest', hook: Function): void;
}

function fastifyOf(nest: PlatformApplication): Hooks {
  return nest.getHttpAdapter().getInstance() as Hooks;
}

const setTenant = (request: { tenant?: string }, _: unknown, next: () => void): void => {
  request.tenant = 'acme';
  next();
};

function tenant({ headers }: { headers: Record<string, string> }): string | undefined {
  return headers['x-tenant'];
}

function broken(): never {
  throw new Error('broken');
}

function status(): void {}

const size = (): number => 12;
const later = (): Promise<string> => Promise.reject(new Error('later'));

describe('groupBy with a value of the application', () => {
  onBothPlatforms('a property of the request', async ({ start }) => {
    const app = await start({ controllers: [AController], options: { groupBy: 'hostname' } });
    const [[host, count] = []] = Object.entries(await grouped(app, 'hostname'));
    expect([host?.replace(/:\d+$/, ''), count]).toEqual(['127.0.0.1', 2]);
  });

  onBothPlatforms(
    "a property that the application's own hook sets",
    async ({ start, platform }) => {
      const app = await start({
        controllers: [AController],
        options: { groupBy: 'tenant' },
        configure: (nest) => {
          if (platform === 'express') nest.use(setTenant);
          else fastifyOf(nest).addHook('onRequest', setTenant);
        },
      });
      expect(await grouped(app, 'tenant')).toEqual({ acme: 2 });
    },
  );

  onBothPlatforms('a property that is missing', async ({ start }) => {
    const app = await start({ controllers: [AController], options: { groupBy: 'absent' } });
    await app.get('/a');
    await app.get('/nowhere');
    await app.expectSample(DURATION, { method: 'GET', absent: '', status: '200' }, 1);
    await app.expectSum(DURATION, { absent: '' }, 2);
    await app.expectSum(TOTAL, {}, 2);
  });

  onBothPlatforms('a property that every object has', async ({ start }) => {
    const app = await start({ controllers: [AController], options: { groupBy: 'constructor' } });
    expect((await app.get('/a')).status).toBe(200);
    await app.expectSum(DURATION, { constructor: '' }, 1);
    await app.expectSum(TOTAL, {}, 1);
  });

  onBothPlatforms('a named function, whose name is that of the label', async ({ start }) => {
    const app = await start({ controllers: [AController], options: { groupBy: tenant } });
    expect(await grouped(app, 'tenant')).toEqual({ acme: 1, '': 1 });
  });

  onBothPlatforms('an arrow function in a constant has its name', async ({ start }) => {
    const app = await start({ controllers: [AController], options: { groupBy: size } });
    expect(await grouped(app, 'size')).toEqual({ '12': 2 });
  });

  onBothPlatforms('a function that throws', async ({ start }) => {
    const app = await start({ controllers: [AController], options: { groupBy: broken } });
    expect((await app.get('/a')).body).toBe('a');
    await app.expectSum(DURATION, { broken: '' }, 1);
    await app.expectSum(TOTAL, { status: '200' }, 1);
  });

  onBothPlatforms('a function whose value has no text', async ({ start }) => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const values: unknown[] = [
      Symbol('s'),
      circular,
      Object.create(null),
      () => 'f',
      undefined,
      null,
      Promise.resolve('late'),
      { toString: () => 7 as unknown as string, valueOf: () => ({}) },
      NaN,
    ];
    function odd(): unknown {
      return values.shift();
    }
    const app = await start({ controllers: [AController], options: { groupBy: odd } });
    const count = values.length;
    for (let i = 0; i < count; i++) expect((await app.get('/a')).status).toBe(200);
    await app.expectSum(TOTAL, {}, count);
    await app.expectSum(DURATION, {}, count);
    const groups = (await app.samples(DURATION)).map(({ labels, value }) => [labels['odd'], value]);
    expect(Object.fromEntries(groups)).toEqual({ '': 7, '7': 1, NaN: 1 });
  });

  onBothPlatforms(
    'a function whose promise is rejected harms nobody',
    async ({ start, cleanUp }) => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown): void => void unhandled.push(reason);
      process.on('unhandledRejection', note);
      cleanUp(() => process.off('unhandledRejection', note));
      const app = await start({ controllers: [AController], options: { groupBy: later } });
      await app.get('/a');
      await app.expectSum(DURATION, { later: '' }, 1);
      expect(unhandled).toEqual([]);
    },
  );

  const wrong: readonly [string, unknown, RegExp][] = [
    [
      'an anonymous function',
      (
        () => () =>
          'x'
      )(),
      /`groupBy`.*named function.*anonymous/,
    ],
    ['the name inferred from the option', { groupBy: () => 'x' }.groupBy, /`groupBy`/],
    ['a bound function', tenant.bind(undefined), /`groupBy`/],
    ['the name of another label', status, /`groupBy`.*`status`/],
    ['the name of another label as a string', 'method', /`groupBy`.*`method`/],
    ['a name that is no label name', 'x-tenant', /`groupBy`.*'x-tenant'/],
    ['a reserved label name', '__name', /`groupBy`.*'__name'/],
    ['the label of buckets', 'le', /`groupBy`.*'le'/],
    ['the empty string', '', /`groupBy`.*''/],
    ['a number', 1, /`groupBy`.*got 1/],
    ['null', null, /`groupBy`.*got null/],
    ['a list', ['path'], /`groupBy`/],
  ];

  for (const [what, groupBy, message] of wrong) {
    onBothPlatforms(`${what} fails the startup`, async ({ start }) => {
      const registry = new Registry();
      const failure = await start({ options: { groupBy: groupBy as string, registry } }).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(PrometheusConfigError);
      expect((failure as Error).message).toMatch(message);
      expect(registry.getMetricsAsArray()).toEqual([]);
    });
  }
});

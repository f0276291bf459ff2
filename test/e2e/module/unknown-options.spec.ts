import { Registry } from 'prom-client';
import {
  Counter,
  Gauge,
  Histogram,
  PrometheusConfigError,
  PrometheusModule,
  Summary,
  type CustomMetric,
  type PrometheusModuleAsyncOptions,
  type PrometheusModuleOptions,
} from '../../../lib/index.js';
import { markProcessDead, startMetricsServer } from '../../../lib/multiprocess.js';
import { onBothPlatforms } from '../../support/harness.js';

/** Options with a name that is none, and what the message says of it. */
const MODULE: readonly [object, string, string | undefined][] = [
  [
    { excludePath: ['/health'] },
    "`options` expects any of `path`, .*got 'excludePath'",
    'excludedPaths',
  ],
  [{ group_by: 'route' }, "`options` expects .*got 'group_by'", 'groupBy'],
  [{ isGlobal: true }, "`options` expects .*got 'isGlobal'", undefined],
  [{ path: '/m', defaultPrefix: undefined }, "`options` .*got 'defaultPrefix'", 'defaultsPrefix'],
  [{ endpoint: { timeoutMs: 5 } }, "`endpoint` expects .*got 'timeoutMs'", 'timeoutSeconds'],
  [{ server: { port: 0, hots: 'x' } }, "`server` expects .*got 'hots'", undefined],
  [{ server: { port: 0, hostt: 'x' } }, "`server` expects .*got 'hostt'", 'host'],
  [
    { server: { port: 0, tls: { key: 'a', cert: 'b', certs: 'c' } } },
    "`server.tls` expects any of `key`, `cert`, got 'certs'",
    'cert',
  ],
  [
    { multiprocess: { dir: '/tmp' } },
    "`multiprocess` expects `directory` alone, got 'dir'",
    undefined,
  ],
  [{ processMetrics: { prefx: 'a_' } }, "`processMetrics` expects .*got 'prefx'", 'prefix'],
];

const DECORATORS = [
  [Counter, { bucket: [1] }, 'bucket', undefined],
  [Counter, { buckets: [1] }, 'buckets', undefined],
  [Gauge, { multiProcessMode: 'max' }, 'multiProcessMode', 'multiprocessMode'],
  [Histogram, { lables: {} }, 'lables', 'labels'],
  [Summary, { maxAge: 5 }, 'maxAge', 'maxAgeSeconds'],
] as const;

const FEATURES: readonly [object, string, string | undefined][] = [
  [{ type: 'counter', labels: ['a'] }, 'labels', 'labelNames'],
  [{ type: 'counter', labelNamse: ['a'] }, 'labelNamse', 'labelNames'],
  [{ type: 'gauge', buckets: [1] }, 'buckets', undefined],
  [{ type: 'histogram', percentiles: [0.5] }, 'percentiles', undefined],
  [{ type: 'summary', percentile: [0.5] }, 'percentile', 'percentiles'],
];

/** The message of a PrometheusConfigError that ends as it should. */
function expectMessage(error: unknown, pattern: string, meant: string | undefined): void {
  expect(error).toBeInstanceOf(PrometheusConfigError);
  const end = meant === undefined ? '' : `: did you mean \`${meant}\`\\?`;
  expect((error as Error).message).toMatch(new RegExp(`${pattern}${end}$`));
}

async function failureOf(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('an option with a name that is not known', () => {
  onBothPlatforms('fails the start, from forRoot() and from a factory', async ({ start }) => {
    for (const [given, pattern, meant] of MODULE) {
      const registry = new Registry();
      const options = { ...given, registry } as PrometheusModuleOptions;
      expectMessage(await failureOf(() => start({ options })), pattern, meant);
      const prometheus = (): ReturnType<typeof PrometheusModule.forRootAsync> =>
        PrometheusModule.forRootAsync({ useFactory: () => options });
      expectMessage(
        await failureOf(() => start({ options: { registry }, prometheus })),
        pattern,
        meant,
      );
      expect(registry.getMetricsAsArray()).toEqual([]);
    }
  });

  it('fails forRootAsync()', async () => {
    for (const [given, meant] of [
      ['path', undefined],
      ['import', 'imports'],
      ['injects', 'inject'],
      ['isGlobal', undefined],
    ] as const) {
      const options = { useFactory: () => ({}), [given]: 'x' } as PrometheusModuleAsyncOptions;
      const pattern = `option \`forRootAsync\` expects any of \`imports\`, .*, got '${given}'`;
      expectMessage(await failureOf(() => PrometheusModule.forRootAsync(options)), pattern, meant);
    }
  });

  it.each(DECORATORS)('fails a decorator', async (decorator, options, name, meant) => {
    const failure = await failureOf(() => decorator('calls', 'Calls', options as object));
    const pattern = `Metric "calls": expected options named any of \`labels\`, .*, got '${name}'`;
    expectMessage(failure, pattern, meant);
  });

  onBothPlatforms('fails the start, from forFeature()', async ({ start }) => {
    for (const [given, name, meant] of FEATURES) {
      const registry = new Registry();
      const metric = { name: 'jobs', help: 'Jobs', ...given } as CustomMetric;
      const imports = [PrometheusModule.forFeature([metric])];
      const failure = await failureOf(() => start({ imports, options: { registry } }));
      expectMessage(failure, `Metric "jobs": expected options named .*, got '${name}'`, meant);
      expect(registry.getMetricsAsArray()).toEqual([]);
    }
  });

  onBothPlatforms('is refused by the service', async ({ start }) => {
    const { service } = await start();
    const calls: readonly [() => unknown, string, string | undefined][] = [
      [
        () => service.exportDefaults({ defaultsPrefix: 'a' } as object),
        "`exportDefaults` expects any of `prefix`, .*got 'defaultsPrefix'",
        undefined,
      ],
      [
        () => service.registerEndpoint('/m', { guard: [] } as object),
        "`registerEndpoint` expects `guards` alone, got 'guard'",
        'guards',
      ],
      [
        () => service.startHttpServer(0, { paths: '/m' } as object),
        "`startHttpServer` expects .*got 'paths'",
        'path',
      ],
      [
        () => service.startHttpServer(0, { when: () => false } as object),
        "`startHttpServer` expects .*got 'when'",
        undefined,
      ],
    ];
    for (const [call, pattern, meant] of calls) {
      expectMessage(await failureOf(call), pattern, meant);
    }
  });

  it('is refused where several processes are shown', async () => {
    const misspelt = { port: 0, directry: '/tmp' };
    expectMessage(
      await failureOf(() => startMetricsServer(misspelt)),
      "`startMetricsServer` expects .*got 'directry'",
      'directory',
    );
    expectMessage(
      await failureOf(() => markProcessDead(1, { path: '/tmp' } as object)),
      "`markProcessDead` expects `directory` alone, got 'path'",
      undefined,
    );
  });
});

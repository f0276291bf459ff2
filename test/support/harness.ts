import type {
  DynamicModule,
  INestApplication,
  MiddlewareConsumer,
  ModuleMetadata,
  NestApplicationOptions,
  NestModule,
} from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { PrometheusModule, type PrometheusModuleOptions } from '../../lib/index.js';
import type { AnyRegistry } from '../../lib/options/prometheus-options.js';
import { LogCapture } from './log-capture.js';
import { RegistryWatch } from './registry-watch.js';
import { TestApp, type Platform } from './test-app.js';

export interface StartOptions extends Pick<
  ModuleMetadata,
  'controllers' | 'imports' | 'providers'
> {
  /**
   * Options of `PrometheusModule.forRoot()`.
   *
   * @default a registry of this application's own, and no process metrics
   */
  readonly options?: PrometheusModuleOptions;
  /** The module under test in another form, `forRootAsync` say; `false`: none. */
  readonly prometheus?: false | ((defaults: PrometheusModuleOptions) => DynamicModule);
  /** Binds middleware, as a module's `configure()`. */
  readonly middleware?: (consumer: MiddlewareConsumer) => void;
  /** Is given the application before it listens. */
  readonly configure?: (app: PlatformApplication) => unknown;
  /** Options of `NestFactory.create()`. */
  readonly nest?: NestApplicationOptions;
  /** Options of Fastify. */
  readonly fastify?: ConstructorParameters<typeof FastifyAdapter>[0] & object;
  /** `false`: the application is created, and neither initialized nor told to listen. */
  readonly listens?: false;
  /** In place of one that the harness makes; of the same platform. */
  readonly adapter?: AbstractHttpAdapter;
  /** Names of metrics that stay on the registry when the application is closed. */
  readonly keeps?: readonly string[];
}

/** What a real application has of both platforms; `use`, `enableCors` and the like. */
export type PlatformApplication = INestApplication &
  Partial<Pick<NestExpressApplication, 'useStaticAssets' | 'setBaseViewsDir'>> &
  Partial<Pick<NestFastifyApplication, 'register'>>;

export interface TestContext {
  readonly platform: Platform;
  /** What the applications of this test log, those that fail to start included. */
  readonly logs: LogCapture;
  /** Starts an application on 127.0.0.1, on a port of its own. Closed when the test is over. */
  start(options?: StartOptions): Promise<TestApp>;
  /** Runs when the test is over, before the applications are closed; the last one first. */
  cleanUp(action: () => unknown): void;
  /** Ends the applications before the test is over. */
  close(): Promise<void>;
}

export type PlatformTest = (context: TestContext) => Promise<void>;

/**
 * Registers a test once for Express and once for Fastify. When its body is over, its applications
 * are closed, and metrics that they leave on their registries fail it.
 *
 * @example
 * onBothPlatforms('counts a 404', async ({ start }) => {
 *   const app = await start();
 *   await app.get('/nowhere');
 *   await app.expectSample('nestjs_http_request_total', { method: 'GET', status: '404' }, 1);
 * });
 */
export function onBothPlatforms(name: string, test: PlatformTest, timeoutMs?: number): void {
  onPlatform('express', name, test, timeoutMs);
  onPlatform('fastify', name, test, timeoutMs);
}

/** As `onBothPlatforms`, for what one platform alone has. */
export function onPlatform(
  platform: Platform,
  name: string,
  test: PlatformTest,
  timeoutMs?: number,
): void {
  it(
    `[${platform}] ${name}`,
    async () => {
      const bench = new TestBench(platform);
      try {
        await test(bench);
      } finally {
        await bench.close();
      }
      expect(bench.leftovers()).toEqual([]);
    },
    timeoutMs,
  );
}

/** What the applications of one test share. */
class TestBench implements TestContext {
  readonly logs = new LogCapture();
  readonly #cleanUps: (() => unknown)[] = [];
  readonly #apps: INestApplication[] = [];
  readonly #watches = new Map<AnyRegistry, RegistryWatch>();
  readonly #kept = new Set<string>();

  constructor(readonly platform: Platform) {}

  readonly start = async (options: StartOptions = {}): Promise<TestApp> => {
    const registry = options.options?.registry ?? new Registry();
    const watch = this.#watches.get(registry) ?? new RegistryWatch(registry);
    this.#watches.set(registry, watch);
    for (const name of options.keeps ?? []) this.#kept.add(name);
    return watch.during(() => this.#start(options, registry));
  };

  readonly cleanUp = (action: () => unknown): void => {
    this.#cleanUps.unshift(action);
  };

  async close(): Promise<void> {
    for (const action of this.#cleanUps.splice(0)) await action();
    for (const app of this.#apps.splice(0).toReversed()) await app.close();
  }

  leftovers(): string[] {
    return [...this.#watches.values()].flatMap((watch) => watch.leftovers(this.#kept));
  }

  async #start(options: StartOptions, registry: AnyRegistry): Promise<TestApp> {
    const module = rootModule(options, { processMetrics: false, ...options.options, registry });
    const nest: INestApplication = await NestFactory.create(module, this.#adapter(options), {
      forceCloseConnections: true,
      abortOnError: false,
      ...options.nest,
      logger: this.logs,
    });
    this.#apps.push(nest);
    const app = new TestApp(nest, this.platform, registry, this.logs);
    await options.configure?.(nest);
    if (options.listens !== false) await nest.listen(0, '127.0.0.1');
    return app;
  }

  #adapter({ adapter, fastify }: StartOptions): AbstractHttpAdapter {
    if (adapter !== undefined) return adapter;
    if (this.platform === 'express') return new ExpressAdapter();
    return new FastifyAdapter({ forceCloseConnections: true, ...fastify });
  }
}

function rootModule(options: StartOptions, defaults: PrometheusModuleOptions): DynamicModule {
  const { controllers = [], providers = [], imports = [], middleware, prometheus } = options;
  class TestModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      middleware?.(consumer);
    }
  }
  const make = prometheus ?? ((given: PrometheusModuleOptions) => PrometheusModule.forRoot(given));
  const tested = make === false ? [] : [make(defaults)];
  return { module: TestModule, imports: [...tested, ...imports], controllers, providers };
}

import {
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type NestModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { CallMetrics } from './calls/call-metrics.js';
import { UserDefaults } from './calls/user-defaults.js';
import type { CustomMetric } from './custom/custom-metric.js';
import { customMetricsProviders } from './custom/custom-metrics.providers.js';
import { resolveGuards } from './endpoint/guard-resolver.js';
import { exemptFromPrefix, metricsHost, placeFirst, prefixed } from './endpoint/metrics-host.js';
import { MetricsController } from './endpoint/metrics.controller.js';
import { MetricsEndpoints } from './endpoint/metrics-endpoints.js';
import { MetricsResponder } from './endpoint/metrics-responder.js';
import { MetricsServers } from './endpoint/metrics-servers.js';
import { HttpMetrics } from './http/http-metrics.js';
import { CallMeter } from './interceptors/prometheus.interceptor.js';
import { MultiprocessMember } from './multiprocess/multiprocess-member.js';
import type {
  PrometheusModuleAsyncOptions,
  PrometheusModuleOptions,
  PrometheusOptionsFactory,
} from './options/prometheus-options.js';
import type { ResolvedOptions } from './options/resolved-options.js';
import { PrometheusConfigError } from './prometheus.messages.js';
import { prometheusProviders } from './prometheus.providers.js';
import { PrometheusService } from './prometheus.service.js';
import { GIVEN_OPTIONS, HOST_MODULE, RESOLVED_OPTIONS } from './prometheus.tokens.js';
import { ClientMetrics } from './registry/client-metrics.js';
import { MetricRegistry } from './registry/metric-registry.js';

/** Holds the metric objects of one `PrometheusModule.forFeature()`. */
@Module({})
class PrometheusFeatureModule {}

/**
 * Prometheus metrics of a Nest application: measures its HTTP requests and serves the metrics.
 *
 * @example
 * \@Module({ imports: [PrometheusModule.forRoot()] })
 * export class AppModule {}
 */
@Module({})
export class PrometheusModule
  implements NestModule, OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown
{
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(HOST_MODULE) private readonly host: unknown,
    @Inject(MetricRegistry) private readonly registry: MetricRegistry,
    @Inject(HttpMetrics) private readonly http: HttpMetrics,
    @Inject(CallMetrics) private readonly calls: CallMetrics,
    @Inject(UserDefaults) private readonly userDefaults: UserDefaults,
    @Inject(MetricsEndpoints) private readonly endpoints: MetricsEndpoints,
    @Inject(MetricsServers) private readonly servers: MetricsServers,
    @Inject(MultiprocessMember) private readonly member: MultiprocessMember | undefined,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
  ) {}

  /**
   * The module with the given options.
   *
   * Invalid options reject the start of the application with a `PrometheusConfigError`.
   */
  static forRoot(options: PrometheusModuleOptions = {}): DynamicModule {
    return assemble({ provide: GIVEN_OPTIONS, useValue: options }, options?.controller, []);
  }

  /**
   * The module with options that are made by a factory or a class.
   *
   * @example
   * PrometheusModule.forRootAsync({
   *   imports: [ConfigModule],
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ path: config.get('METRICS_PATH') }),
   * })
   */
  static forRootAsync(options: PrometheusModuleAsyncOptions): DynamicModule {
    const { useClass, controller, imports = [] } = options;
    const module = assemble(asyncOptionsProvider(options), controller, imports);
    if (useClass !== undefined) module.providers?.push(useClass);
    return module;
  }

  /**
   * Makes metric objects of prom-client on the module's registry, for `@InjectMetric()`. The same
   * metric asked for by two modules is one metric. A counter's name gets the suffix `_total`.
   *
   * Invalid metrics reject the start of the application with a `PrometheusConfigError`.
   *
   * @example
   * PrometheusModule.forFeature([
   *   { type: 'counter', name: 'jobs_total', help: 'Jobs', labelNames: ['queue'] },
   *   {
   *     type: 'gauge',
   *     name: 'queue_length',
   *     help: 'Jobs that wait',
   *     inject: [QueueService],
   *     async collect(queue: QueueService) {
   *       this.set(await queue.length());
   *     },
   *   },
   * ])
   */
  static forFeature(metrics: readonly CustomMetric[]): DynamicModule {
    const providers = customMetricsProviders(metrics);
    return { module: PrometheusFeatureModule, providers, exports: providers };
  }

  /** Runs before the routes are registered, when the application's own set-up is done. */
  configure(): void {
    try {
      this.#install();
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  async onModuleInit(): Promise<void> {
    try {
      this.calls.explore(this.modules, this.host);
      this.endpoints.guards = await resolveGuards(this.options.guards, this.moduleRef);
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** The application is initialized: its metrics are there to be served. */
  async onApplicationBootstrap(): Promise<void> {
    const { server } = this.options;
    try {
      this.member?.start();
      if (server !== undefined && (await server.when?.()) !== false) {
        await this.servers.start(server);
      }
      this.registry.keep();
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.servers.close();
    await this.member?.close();
    this.#release();
  }

  #release(): void {
    this.http.tracker.detach();
    this.userDefaults.stop();
    this.endpoints.detach();
    void this.member?.close();
    this.registry.release();
  }

  #install(): void {
    const { httpAdapter } = this.adapterHost;
    const { routePath } = this.endpoints;
    placeFirst(this.modules, this.host);
    let template = routePath;
    if (this.options.useGlobalPrefix && this.endpoints.isPublic) {
      template = prefixed(this.config, routePath);
    } else {
      exemptFromPrefix(this.config, routePath);
    }
    this.endpoints.install(httpAdapter.getHttpServer(), template);
    this.calls.explore(this.modules, this.host);
    this.userDefaults.install(httpAdapter, this.config);
    const { optOuts, hasOptOuts } = this.calls;
    this.http.install(httpAdapter, this.config, this.modules, {
      endpointTemplate: template,
      isOptedOut: hasOptOuts
        ? (controller, handler) => optOuts.of(controller, handler) !== 'none'
        : undefined,
    });
  }
}

function assemble(
  givenOptions: Provider,
  controller: Type<unknown> = MetricsController,
  imports: NonNullable<PrometheusModuleAsyncOptions['imports']>,
): DynamicModule {
  const host = metricsHost(controller);
  return {
    module: PrometheusModule,
    global: true,
    imports: [...imports, host],
    providers: [
      givenOptions,
      { provide: HOST_MODULE, useValue: host.module },
      ...prometheusProviders(PrometheusModule),
    ],
    exports: [PrometheusService, CallMeter, ClientMetrics, MetricsEndpoints, MetricsResponder],
  };
}

function asyncOptionsProvider(options: PrometheusModuleAsyncOptions): FactoryProvider {
  const { useFactory, useClass, useExisting, inject = [] } = options;
  const outer = (given: PrometheusModuleOptions): PrometheusModuleOptions =>
    withOuterOptions(given, options);
  if (useFactory !== undefined) {
    const factory = async (...dependencies: unknown[]): Promise<PrometheusModuleOptions> =>
      outer(await useFactory(...dependencies));
    return { provide: GIVEN_OPTIONS, inject, useFactory: factory };
  }
  const type = useClass ?? useExisting;
  if (type === undefined) {
    throw PrometheusConfigError.option(
      'forRootAsync',
      'one of useFactory, useClass and useExisting',
      options,
    );
  }
  const factory = async (made: PrometheusOptionsFactory): Promise<PrometheusModuleOptions> =>
    outer(await made.createPrometheusOptions());
  return { provide: GIVEN_OPTIONS, inject: [type], useFactory: factory };
}

/** Adds the guards that stand beside the factory to those that it returned. */
function withOuterOptions(
  given: PrometheusModuleOptions,
  { guards = [], controller, interceptor }: PrometheusModuleAsyncOptions,
): PrometheusModuleOptions {
  if (given.controller !== undefined && given.controller !== controller) {
    throw PrometheusConfigError.option(
      'controller',
      'to be given beside the factory in forRootAsync(), because controllers are fixed before it runs',
      given.controller,
    );
  }
  const options = { ...given, guards: [...guards, ...(given.guards ?? [])] };
  return interceptor === undefined ? options : { ...options, interceptor };
}

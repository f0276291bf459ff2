import { randomUUID } from 'node:crypto';
import {
  Inject,
  Module,
  Optional,
  SetMetadata,
  type DynamicModule,
  type NestModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { CustomMetric } from './injected/metric-declaration.js';
import { injectedMetricsProviders } from './injected/injected-metrics.providers.js';
import { metricsHost } from './endpoint/metrics-host.js';
import { controllerFault } from './endpoint/given-controller.js';
import { MetricsController } from './endpoint/metrics.controller.js';
import type { PrometheusModuleAsyncOptions } from './options/async-options.js';
import { copied } from './options/copied.js';
import type { PrometheusModuleOptions } from './options/prometheus-options.js';
import { asyncOptionsProvider } from './prometheus.async-options.js';
import type { PrometheusLifecycle } from './prometheus.lifecycle.js';
import { startFirstAndCloseLast } from './nest/hook-order.js';
import { hasOptions, PROMETHEUS_MODULE } from './nest/module-check.js';
import { EXPORTED, prometheusProviders } from './prometheus.providers.js';
import { PrometheusService, serviceClasses } from './prometheus.service.js';
import { GIVEN_OPTIONS, LIFECYCLE } from './core/tokens.js';
import { PrometheusConfigError } from './core/errors.js';
import { VERSION } from './core/version.js';
import { noteUse } from './core/versions.js';

/**
 * Prometheus metrics of a Nest application: measures its HTTP requests and serves the metrics.
 *
 * @example
 * \@Module({ imports: [PrometheusModule.forRoot()] })
 * export class AppModule {}
 */
@Module({})
@SetMetadata(PROMETHEUS_MODULE, VERSION)
export class PrometheusModule implements NestModule {
  constructor(
    @Optional()
    @Inject(LIFECYCLE)
    private readonly lifecycle: PrometheusLifecycle | undefined,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    // Without options there is no lifecycle. With them, whatever kept it from being made is told.
    if (lifecycle === undefined && !hasOptions(modules)) {
      throw new PrometheusConfigError(
        'PrometheusModule is imported without its options: write PrometheusModule.forRoot() in the imports of the root module',
      );
    }
    startFirstAndCloseLast(modules, PrometheusModule);
  }

  /**
   * The module with the given options.
   *
   * Invalid options reject the start of the application with a `PrometheusConfigError`.
   */
  static forRoot(options: PrometheusModuleOptions = {}): DynamicModule {
    const given = copied(options);
    // By a factory: Nest 10 writes out values, and would write all that is on a registry.
    return assemble({ provide: GIVEN_OPTIONS, useFactory: () => given }, options?.controller, []);
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
    noteUse('PrometheusModule.forFeature()');
    const providers = injectedMetricsProviders(metrics.map((metric) => copied(metric)));
    // A class for each call: to Nest 10, modules of one class that read the same are one module.
    @Module({ providers, exports: providers })
    class PrometheusFeatureModule {}
    return { module: PrometheusFeatureModule };
  }

  /** Nest calls it before it registers the routes. */
  async configure(): Promise<void> {
    await this.lifecycle?.install();
  }
}

function assemble(
  givenOptions: Provider,
  controller: Type<unknown> = MetricsController,
  imports: NonNullable<PrometheusModuleAsyncOptions['imports']>,
): DynamicModule {
  noteUse('PrometheusModule.forRoot()');
  const otherServiceClasses = [...serviceClasses].filter((copy) => copy !== PrometheusService);
  const fault = controllerFault(controller);
  const host = metricsHost(fault === undefined ? controller : MetricsController, imports);
  return {
    module: PrometheusModule,
    global: true,
    imports: [...imports, host],
    providers: [
      fault === undefined ? givenOptions : { provide: GIVEN_OPTIONS, useFactory: thrower(fault) },
      // To Nest 10, two modules that read the same are one, whatever the options of the second.
      { provide: Symbol(randomUUID()), useValue: true },
      ...prometheusProviders(host.module),
      ...otherServiceClasses.map((copy) => ({ provide: copy, useExisting: PrometheusService })),
    ],
    exports: [...EXPORTED, ...otherServiceClasses],
  };
}

/** Fails when the application starts, not when its modules are declared. */
function thrower(fault: Error): () => never {
  return () => {
    throw fault;
  };
}

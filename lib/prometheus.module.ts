import {
  Inject,
  Module,
  type DynamicModule,
  type NestModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { CollectProviders } from './injected/collect-providers.js';
import type { CustomMetric } from './injected/injected-metric.js';
import { injectedMetricsProviders } from './injected/injected-metrics.providers.js';
import { controllerFault } from './endpoint/controller-fault.js';
import { metricsHost } from './endpoint/metrics-host.js';
import { MetricsController } from './endpoint/metrics.controller.js';
import { MetricsEndpoints } from './endpoint/metrics-endpoints.js';
import { MetricsResponder } from './scrape/metrics-responder.js';
import { CallMeter } from './decorators/prometheus.interceptor.js';
import type {
  PrometheusModuleAsyncOptions,
  PrometheusModuleOptions,
} from './options/prometheus-options.js';
import { asyncOptionsProvider } from './prometheus.async-options.js';
import { PrometheusLifecycle } from './prometheus.lifecycle.js';
import { prometheusProviders } from './prometheus.providers.js';
import { PrometheusService } from './prometheus.service.js';
import { GIVEN_OPTIONS, HOST_MODULE } from './core/tokens.js';
import { ClientMetrics } from './registry/client-metrics.js';

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
export class PrometheusModule implements NestModule {
  constructor(@Inject(PrometheusLifecycle) private readonly lifecycle: PrometheusLifecycle) {}

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
    const providers = injectedMetricsProviders(metrics);
    return { module: PrometheusFeatureModule, providers, exports: providers };
  }

  /** Nest calls it before it registers the routes. */
  configure(): Promise<void> {
    return this.lifecycle.install();
  }
}

function assemble(
  givenOptions: Provider,
  controller: Type<unknown> = MetricsController,
  imports: NonNullable<PrometheusModuleAsyncOptions['imports']>,
): DynamicModule {
  const fault = controllerFault(controller);
  const host = metricsHost(fault === undefined ? controller : MetricsController);
  return {
    module: PrometheusModule,
    global: true,
    imports: [...imports, host],
    providers: [
      fault === undefined ? givenOptions : { provide: GIVEN_OPTIONS, useFactory: thrower(fault) },
      { provide: HOST_MODULE, useValue: host.module },
      ...prometheusProviders(PrometheusModule),
    ],
    exports: [
      PrometheusService,
      CallMeter,
      ClientMetrics,
      CollectProviders,
      MetricsEndpoints,
      MetricsResponder,
    ],
  };
}

/** Fails when the application starts, not when its modules are declared. */
function thrower(fault: Error): () => never {
  return () => {
    throw fault;
  };
}

import { Logger, type Provider } from '@nestjs/common';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { CallPlans } from './calls/call-plans.js';
import { HandlerCallMeter } from './handlers/handler-call-meter.js';
import { safeConverter } from './calls/response-converter.js';
import { UserDefaults } from './handlers/user-defaults.js';
import { CollectProviders } from './injected/collect-providers.js';
import { MetricsEndpoints } from './endpoint/metrics-endpoints.js';
import { MetricsResponder } from './scrape/metrics-responder.js';
import { MetricsServers } from './scrape/metrics-servers.js';
import { ScrapeMetrics } from './scrape/scrape-metrics.js';
import { ScrapeService } from './scrape/scrape-service.js';
import { HttpMetrics } from './http/http-metrics.js';
import { CallMeter } from './decorators/prometheus.interceptor.js';
import { MultiprocessMember } from './multiprocess/multiprocess-member.js';
import type { PrometheusModuleOptions } from './options/prometheus-options.js';
import { resolveOptions } from './options/resolve-options.js';
import type { ResolvedOptions } from './options/resolved-options.js';
import { PrometheusLifecycle } from './prometheus.lifecycle.js';
import { PrometheusConfigError } from './core/errors.js';
import { PrometheusService } from './prometheus.service.js';
import { GIVEN_OPTIONS, RESOLVED_OPTIONS } from './core/tokens.js';
import { ClientMetrics } from './registry/client-metrics.js';
import { ExporterMetrics } from './registry/exporter-metrics.js';
import { RegistrySource } from './registry/family-source.js';
import { globalRegistry } from './registry/global-registry.js';
import { OwnMetrics } from './registry/own-metrics.js';

/**
 * How the parts of one application's exporter are made. Needs `GIVEN_OPTIONS`.
 *
 * @param module the module class, which may stand once in an application
 */
export function prometheusProviders(module: unknown): Provider[] {
  const logger = new Logger('PrometheusModule');
  const warn = (message: string): void => logger.warn(message);
  return [
    {
      provide: RESOLVED_OPTIONS,
      inject: [GIVEN_OPTIONS, ModulesContainer],
      useFactory: (given: PrometheusModuleOptions, modules: ModulesContainer) => {
        const instances = [...modules.values()].filter(({ metatype }) => metatype === module);
        if (instances.length > 1) {
          throw new PrometheusConfigError(
            `PrometheusModule is imported ${instances.length} times by one application: call forRoot() or forRootAsync() once, in the root module; the module is global`,
          );
        }
        return resolveOptions(given, { registry: globalRegistry }, warn);
      },
    },
    {
      provide: OwnMetrics,
      inject: [RESOLVED_OPTIONS],
      useFactory: ({ registry }: ResolvedOptions) => new OwnMetrics(registry),
    },
    {
      provide: ClientMetrics,
      inject: [OwnMetrics],
      useFactory: (registry: OwnMetrics) => new ClientMetrics(registry),
    },
    CollectProviders,
    {
      provide: ExporterMetrics,
      inject: [RESOLVED_OPTIONS, OwnMetrics],
      useFactory: ({ defaultMetrics }: ResolvedOptions, registry: OwnMetrics) =>
        registry.orNothing(() => new ExporterMetrics(registry, defaultMetrics.prefix, warn)),
    },
    {
      provide: HttpMetrics,
      inject: [RESOLVED_OPTIONS, OwnMetrics, ExporterMetrics],
      useFactory: (options: ResolvedOptions, registry: OwnMetrics, exporter: ExporterMetrics) =>
        registry.orNothing(() => {
          if (options.processMetrics !== undefined) {
            registry.collectProcessMetrics(options.processMetrics);
          }
          return new HttpMetrics(options, registry, exporter, (error) =>
            logger.error(`A request could not be recorded: ${String(error)}`),
          );
        }),
    },
    {
      provide: CallPlans,
      inject: [RESOLVED_OPTIONS, OwnMetrics, ExporterMetrics, Reflector],
      useFactory: (
        { defaultLabels, maxSeries }: ResolvedOptions,
        registry: OwnMetrics,
        exporter: ExporterMetrics,
        reflector: Reflector,
      ) =>
        new CallPlans({ registry, exporter, defaultLabels, maxSeries }, reflector, (error) =>
          logger.error(String(error)),
        ),
    },
    {
      provide: CallMeter,
      inject: [RESOLVED_OPTIONS, CallPlans, HttpMetrics],
      useFactory: (options: ResolvedOptions, metrics: CallPlans, http: HttpMetrics) =>
        new HandlerCallMeter({
          metrics,
          http,
          convert: safeConverter(options.responseConverter, warn),
          isExcluded: options.excludeUserDefaults ? options.isExcluded : undefined,
        }),
    },
    {
      provide: UserDefaults,
      inject: [RESOLVED_OPTIONS, CallPlans, CallMeter],
      useFactory: (options: ResolvedOptions, metrics: CallPlans, meter: HandlerCallMeter) =>
        new UserDefaults(metrics, meter, options.interceptor === 'global'),
    },
    {
      provide: ScrapeMetrics,
      inject: [RESOLVED_OPTIONS, OwnMetrics],
      useFactory: ({ defaultMetrics }: ResolvedOptions, registry: OwnMetrics) =>
        registry.orNothing(() => new ScrapeMetrics(registry, defaultMetrics.prefix, warn)),
    },
    {
      provide: MultiprocessMember,
      inject: [RESOLVED_OPTIONS, OwnMetrics],
      useFactory: (options: ResolvedOptions, registry: OwnMetrics) => {
        const { multiprocessDirectory: directory, defaultMetrics, processMetrics } = options;
        if (directory === undefined) return undefined;
        const { prefix: processPrefix = '' } = processMetrics ?? {};
        const member = { directory, prefix: defaultMetrics.prefix, processPrefix };
        return registry.orNothing(() => new MultiprocessMember(registry, member, warn));
      },
    },
    {
      provide: ScrapeService,
      inject: [RESOLVED_OPTIONS, ScrapeMetrics, MultiprocessMember],
      useFactory: (
        { registry, endpoint }: ResolvedOptions,
        observer: ScrapeMetrics,
        member: MultiprocessMember | undefined,
      ) => new ScrapeService(member?.source ?? new RegistrySource(registry), endpoint, observer),
    },
    {
      provide: MetricsResponder,
      inject: [ScrapeService, RESOLVED_OPTIONS, ScrapeMetrics],
      useFactory: (scrapes: ScrapeService, options: ResolvedOptions, observer: ScrapeMetrics) =>
        new MetricsResponder(scrapes, options.endpoint, observer),
    },
    {
      provide: MetricsServers,
      inject: [MetricsResponder],
      useFactory: (responder: MetricsResponder) => new MetricsServers(responder, logger),
    },
    {
      provide: MetricsEndpoints,
      inject: [RESOLVED_OPTIONS],
      useFactory: ({ path }: ResolvedOptions) => new MetricsEndpoints(path),
    },
    PrometheusService,
    PrometheusLifecycle,
  ];
}

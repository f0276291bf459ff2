import { Logger, type Provider } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { CallPlans } from './calls/call-plans.js';
import { exemplarSource, type ExemplarSource } from './calls/exemplar-source.js';
import { HandlerMetrics } from './handlers/handler-metrics.js';
import { KindCalls } from './handlers/kind-calls.js';
import { PrometheusInterceptor } from './decorators/prometheus.interceptor.js';
import { ApplicationMeter, MethodCalls } from './handlers/method-calls.js';
import { HandlerCallMeter } from './handlers/handler-call-meter.js';
import { safeConverter } from './calls/measured-call.js';
import { UserDefaults } from './handlers/user-defaults.js';
import { CollectProviders } from './injected/collect-providers.js';
import { InjectedMetrics } from './injected/injected-metrics.js';
import { MetricsServers } from './scrape/metrics-server.js';
import { Pushgateway } from './scrape/pushgateway.js';
import { ScrapeMetrics } from './scrape/scrape-metrics.js';
import { HttpMetrics } from './http/http-metrics.js';
import { MultiprocessMember } from './multiprocess/multiprocess-member.js';
import type { OwnRoutes } from './endpoint/own-routes.js';
import { LivePage } from './endpoint/live-page.js';
import type { PrometheusModuleOptions } from './options/prometheus-options.js';
import { resolveOptions } from './options/resolve-options.js';
import type { ResolvedOptions } from './options/resolve-options.js';
import { PrometheusLifecycle } from './prometheus.lifecycle.js';
import { errorText } from './core/errors.js';
import { PrometheusService } from './prometheus.service.js';
import { servingProviders } from './prometheus.serving.js';
import { Parts, type Part } from './core/part.js';
import {
  CALL_METER,
  INJECTED_METRICS,
  COLLECT_PROVIDERS,
  EXEMPLARS,
  GIVEN_OPTIONS,
  HOST_MODULE,
  LIFECYCLE,
  METHOD_METER,
  OWN_ROUTES,
  PARTS,
  RESOLVED_OPTIONS,
} from './core/tokens.js';
import { otherVersionsHint } from './core/versions.js';
import { checkImportedOnce } from './nest/module-check.js';
import { NestApplication } from './nest/application.js';
import { OutgoingCalls } from './outgoing/outgoing-calls.js';
import { RuntimeMetrics } from './runtime/runtime-metrics.js';
import { ClientCopies } from './registry/client-copies.js';
import { ExporterMetrics } from './registry/exporter-metrics.js';
import { globalRegistry } from './registry/global-registry.js';
import { OwnMetrics } from './registry/own-metrics.js';

/**
 * What has a life, in the order in which it is installed and started: metrics are on the registry
 * before anything shows them, and leave it when nothing records any more.
 */
const PART_TOKENS = [
  NestApplication,
  OwnMetrics,
  RuntimeMetrics,
  ClientCopies,
  MultiprocessMember,
  INJECTED_METRICS,
  COLLECT_PROVIDERS,
  CallPlans,
  KindCalls,
  MethodCalls,
  OWN_ROUTES,
  UserDefaults,
  LivePage,
  HttpMetrics,
  OutgoingCalls,
  MetricsServers,
  Pushgateway,
];

/** How the parts of one application's exporter are made. Needs `GIVEN_OPTIONS`. */
export function prometheusProviders(): Provider[] {
  const logger = new Logger('PrometheusModule');
  const warn = (message: string): void => logger.warn(message);
  const notRecorded = (error: unknown): void =>
    logger.error(`A request could not be recorded: ${errorText(error)}`);
  return [
    {
      provide: NestApplication,
      inject: [ApplicationConfig, ModulesContainer, ModuleRef, HOST_MODULE, HttpAdapterHost],
      useFactory: (...given: ConstructorParameters<typeof NestApplication>) =>
        new NestApplication(...given),
    },
    {
      provide: RESOLVED_OPTIONS,
      inject: [GIVEN_OPTIONS, ModulesContainer],
      useFactory: (given: PrometheusModuleOptions, modules: ModulesContainer) => {
        const hint = otherVersionsHint();
        if (hint !== '') warn(hint);
        checkImportedOnce(modules);
        return resolveOptions(given, { registry: globalRegistry }, warn);
      },
    },
    {
      provide: OwnMetrics,
      inject: [RESOLVED_OPTIONS],
      useFactory: ({ registry }: ResolvedOptions) => new OwnMetrics(registry),
    },
    {
      provide: INJECTED_METRICS,
      inject: [RESOLVED_OPTIONS, OwnMetrics, ExporterMetrics],
      useFactory: (options: ResolvedOptions, registry: OwnMetrics, exporter: ExporterMetrics) =>
        new InjectedMetrics(registry, exporter, options.nativeHistograms),
    },
    {
      provide: COLLECT_PROVIDERS,
      inject: [NestApplication],
      useFactory: (application: NestApplication) => new CollectProviders(application),
    },
    {
      provide: ExporterMetrics,
      inject: [RESOLVED_OPTIONS, OwnMetrics],
      useFactory: ({ defaultMetrics }: ResolvedOptions, registry: OwnMetrics) =>
        new ExporterMetrics(registry, defaultMetrics.prefix, warn),
    },
    {
      provide: HttpMetrics,
      inject: [
        RESOLVED_OPTIONS,
        OwnMetrics,
        ExporterMetrics,
        NestApplication,
        OWN_ROUTES,
        CallPlans,
      ],
      useFactory: (
        options: ResolvedOptions,
        registry: OwnMetrics,
        exporter: ExporterMetrics,
        application: NestApplication,
        endpoint: OwnRoutes,
        calls: CallPlans,
      ) => {
        const parts = { options, registry, exporter, application, endpoint, calls };
        return new HttpMetrics({ ...parts, onError: notRecorded });
      },
    },
    {
      provide: EXEMPLARS,
      inject: [RESOLVED_OPTIONS],
      useFactory: ({ exemplars }: ResolvedOptions) => exemplarSource(exemplars, warn),
    },
    {
      provide: CallPlans,
      inject: [RESOLVED_OPTIONS, OwnMetrics, ExporterMetrics, NestApplication, EXEMPLARS],
      useFactory: (
        options: ResolvedOptions,
        registry: OwnMetrics,
        exporter: ExporterMetrics,
        application: NestApplication,
        exemplars: ExemplarSource | undefined,
      ) => {
        const { buckets } = options.defaultMetrics;
        const parts = { ...options, buckets, registry, exporter, exemplars };
        return new CallPlans(parts, application, (error) => logger.error(String(error)));
      },
    },
    {
      provide: CALL_METER,
      inject: [RESOLVED_OPTIONS, CallPlans, HttpMetrics, KindCalls],
      useFactory: (
        options: ResolvedOptions,
        metrics: CallPlans,
        http: HttpMetrics,
        { pipeline }: KindCalls,
      ) =>
        new HandlerCallMeter({
          metrics,
          http,
          pipeline,
          convert: safeConverter(options.responseConverter, warn),
          isExcluded: options.excludeUserDefaults ? options.excludedPaths : undefined,
        }),
    },
    {
      provide: METHOD_METER,
      useFactory: () => new ApplicationMeter(),
    },
    {
      provide: KindCalls,
      inject: [
        RESOLVED_OPTIONS,
        OwnMetrics,
        ExporterMetrics,
        NestApplication,
        CallPlans,
        METHOD_METER,
      ],
      useFactory: (
        { handlers, defaultMetrics, maxSeries }: ResolvedOptions,
        registry: OwnMetrics,
        exporter: ExporterMetrics,
        application: NestApplication,
        plans: CallPlans,
        meter: ApplicationMeter,
      ) => {
        const settings = { ...defaultMetrics, maxSeries };
        const metrics = new HandlerMetrics(registry, exporter, settings);
        return new KindCalls(handlers, application, plans, metrics, meter);
      },
    },
    {
      provide: MethodCalls,
      inject: [METHOD_METER, CallPlans, KindCalls, NestApplication],
      useFactory: (...given: ConstructorParameters<typeof MethodCalls>) =>
        new MethodCalls(...given),
    },
    {
      provide: UserDefaults,
      inject: [RESOLVED_OPTIONS, CallPlans, CALL_METER, NestApplication],
      useFactory: (
        options: ResolvedOptions,
        metrics: CallPlans,
        meter: HandlerCallMeter,
        application: NestApplication,
      ) => new UserDefaults(metrics, meter, application, options.interceptor === 'global'),
    },
    {
      provide: ScrapeMetrics,
      inject: [RESOLVED_OPTIONS, OwnMetrics],
      useFactory: ({ defaultMetrics }: ResolvedOptions, registry: OwnMetrics) =>
        new ScrapeMetrics(registry, defaultMetrics.prefix, warn),
    },
    {
      provide: RuntimeMetrics,
      inject: [RESOLVED_OPTIONS, OwnMetrics, NestApplication],
      useFactory: (
        { processMetrics }: ResolvedOptions,
        metrics: OwnMetrics,
        application: NestApplication,
      ) => new RuntimeMetrics(metrics, processMetrics, () => application.server),
    },
    {
      provide: OutgoingCalls,
      inject: [RESOLVED_OPTIONS, OwnMetrics, ExporterMetrics],
      useFactory: (options: ResolvedOptions, metrics: OwnMetrics, exporter: ExporterMetrics) =>
        new OutgoingCalls(metrics, exporter, options),
    },
    {
      provide: ClientCopies,
      inject: [RESOLVED_OPTIONS],
      useFactory: ({ registry }: ResolvedOptions) => new ClientCopies(registry, warn),
    },
    {
      provide: MultiprocessMember,
      inject: [RESOLVED_OPTIONS, OwnMetrics],
      useFactory: (options: ResolvedOptions, registry: OwnMetrics) => {
        const { multiprocess: directory, defaultMetrics, processMetrics } = options;
        if (directory === undefined) return undefined;
        const processPrefix = processMetrics?.prefix ?? '';
        const member = { directory, prefix: defaultMetrics.prefix, processPrefix };
        return new MultiprocessMember(registry, member, warn);
      },
    },
    ...servingProviders(logger),
    {
      provide: PARTS,
      inject: PART_TOKENS,
      useFactory: (...parts: (Part | undefined)[]) =>
        new Parts(parts.filter((part) => part !== undefined)),
    },
    PrometheusInterceptor,
    PrometheusService,
    PrometheusLifecycle,
    { provide: LIFECYCLE, useExisting: PrometheusLifecycle },
  ];
}

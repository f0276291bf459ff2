import type { LoggerService, Provider } from '@nestjs/common';
import { METRICS_RESPONDER, OWN_ROUTES, RESOLVED_OPTIONS } from './core/tokens.js';
import { LivePage } from './endpoint/live-page.js';
import { OwnRoutes } from './endpoint/own-routes.js';
import { MultiprocessMember } from './multiprocess/multiprocess-member.js';
import { NestApplication } from './nest/application.js';
import type { ResolvedOptions } from './options/resolve-options.js';
import { AddedRegistries } from './registry/added-registries.js';
import { RegistrySource } from './registry/family-source.js';
import { OwnMetrics } from './registry/own-metrics.js';
import { MetricsResponder } from './scrape/metrics-responder.js';
import { MetricsServers } from './scrape/metrics-server.js';
import { Pushgateway } from './scrape/pushgateway.js';
import { ScrapeMetrics } from './scrape/scrape-metrics.js';
import { ScrapeService } from './scrape/scrape-service.js';

/** How the parts that show the metrics are made: scrapes, servers, pushes, the own routes. */
export function servingProviders(logger: Pick<LoggerService, 'log' | 'warn'>): Provider[] {
  const warn = (message: string): void => void logger.warn(message);
  return [
    {
      provide: AddedRegistries,
      inject: [RESOLVED_OPTIONS, MultiprocessMember],
      useFactory: ({ registry }: ResolvedOptions, member: MultiprocessMember | undefined) =>
        new AddedRegistries(member?.source ?? new RegistrySource(registry), registry),
    },
    {
      provide: ScrapeService,
      inject: [RESOLVED_OPTIONS, ScrapeMetrics, AddedRegistries],
      useFactory: (
        { endpoint }: ResolvedOptions,
        observer: ScrapeMetrics,
        registries: AddedRegistries,
      ) => new ScrapeService(registries, endpoint, observer),
    },
    {
      provide: METRICS_RESPONDER,
      inject: [ScrapeService, RESOLVED_OPTIONS, ScrapeMetrics],
      useFactory: (scrapes: ScrapeService, options: ResolvedOptions, observer: ScrapeMetrics) =>
        new MetricsResponder(scrapes, options.endpoint, observer),
    },
    {
      provide: MetricsServers,
      inject: [METRICS_RESPONDER, RESOLVED_OPTIONS],
      useFactory: (responder: MetricsResponder, { server }: ResolvedOptions) =>
        new MetricsServers(responder, logger, server),
    },
    {
      provide: Pushgateway,
      inject: [RESOLVED_OPTIONS, ScrapeService, OwnMetrics],
      useFactory: (options: ResolvedOptions, scrapes: ScrapeService, registry: OwnMetrics) => {
        const { pushgateway, defaultMetrics } = options;
        if (pushgateway === undefined) return undefined;
        const parts = { scrapes, registry, prefix: defaultMetrics.prefix, warn };
        return new Pushgateway(pushgateway, parts);
      },
    },
    {
      provide: OWN_ROUTES,
      inject: [NestApplication, RESOLVED_OPTIONS, METRICS_RESPONDER],
      useFactory: (
        application: NestApplication,
        options: ResolvedOptions,
        responder: MetricsResponder,
      ) => new OwnRoutes(application, options, responder.respond),
    },
    {
      provide: LivePage,
      inject: [NestApplication, OWN_ROUTES, RESOLVED_OPTIONS],
      useFactory: (application: NestApplication, routes: OwnRoutes, options: ResolvedOptions) =>
        new LivePage(application, routes, options),
    },
  ];
}

import type { LoggerService } from '@nestjs/common';
import { LivePage } from './endpoint/live-page.js';
import { OwnRoutes } from './endpoint/own-routes.js';
import type { MultiprocessMember } from './multiprocess/multiprocess-member.js';
import type { NestApplication } from './nest/application.js';
import type { ResolvedOptions } from './options/resolve-options.js';
import { AddedRegistries } from './registry/added-registries.js';
import { RegistrySource } from './registry/family-source.js';
import type { OwnMetrics } from './registry/own-metrics.js';
import { MetricsResponder } from './scrape/metrics-responder.js';
import { MetricsServers } from './scrape/metrics-server.js';
import { Pushgateway } from './scrape/pushgateway.js';
import { ScrapeMetrics } from './scrape/scrape-metrics.js';
import { ScrapeService } from './scrape/scrape-service.js';

/** The parts that show the metrics. */
export interface ServingParts {
  readonly registries: AddedRegistries;
  readonly scrapes: ScrapeService;
  readonly servers: MetricsServers;
  /** `undefined` without option `pushgateway`. */
  readonly pushgateway: Pushgateway | undefined;
  readonly routes: OwnRoutes;
  readonly page: LivePage;
}

/**
 * Makes the parts that show the metrics: scrapes, servers, pushes, the own routes.
 *
 * @param member of the processes that share a directory, if this is one
 */
export function servingParts(
  options: ResolvedOptions,
  metrics: OwnMetrics,
  application: NestApplication,
  member: MultiprocessMember | undefined,
  logger: Pick<LoggerService, 'log' | 'warn'>,
): ServingParts {
  const { registry, endpoint, pushgateway, defaultMetrics } = options;
  const { prefix } = defaultMetrics;
  const warn = (message: string): void => void logger.warn(message);
  const observer = new ScrapeMetrics(metrics, prefix, warn);
  const registries = new AddedRegistries(member?.source ?? new RegistrySource(registry), registry);
  const scrapes = new ScrapeService(registries, endpoint, observer);
  const responder = new MetricsResponder(scrapes, endpoint, observer);
  const routes = new OwnRoutes(application, options, responder.respond);
  return {
    registries,
    scrapes,
    servers: new MetricsServers(responder, logger, options.server),
    pushgateway:
      pushgateway && new Pushgateway(pushgateway, { scrapes, registry: metrics, prefix, warn }),
    routes,
    page: new LivePage(application, routes, options),
  };
}

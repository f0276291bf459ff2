import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { CallPlans } from './calls/call-plans.js';
import { UserDefaults } from './handlers/user-defaults.js';
import { CollectProviders } from './injected/collect-providers.js';
import { resolveGuards } from './endpoint/guard-resolver.js';
import { exemptFromPrefix, placeFirst, prefixed } from './endpoint/metrics-host.js';
import { MetricsEndpoints } from './endpoint/metrics-endpoints.js';
import { MetricsServers } from './scrape/metrics-servers.js';
import { HttpMetrics } from './http/http-metrics.js';
import { MultiprocessMember } from './multiprocess/multiprocess-member.js';
import type { ResolvedOptions } from './options/resolved-options.js';
import { HOST_MODULE, RESOLVED_OPTIONS } from './core/tokens.js';
import { OwnMetrics } from './registry/own-metrics.js';

/**
 * Starts and ends the parts of an application's exporter along with the application. A start that
 * fails leaves nothing behind.
 */
@Injectable()
export class PrometheusLifecycle
  implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown
{
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    @Inject(HOST_MODULE) private readonly host: unknown,
    @Inject(OwnMetrics) private readonly registry: OwnMetrics,
    @Inject(HttpMetrics) private readonly http: HttpMetrics,
    @Inject(CallPlans) private readonly calls: CallPlans,
    @Inject(UserDefaults) private readonly userDefaults: UserDefaults,
    @Inject(CollectProviders) private readonly collectProviders: CollectProviders,
    @Inject(MetricsEndpoints) private readonly endpoints: MetricsEndpoints,
    @Inject(MetricsServers) private readonly servers: MetricsServers,
    @Inject(MultiprocessMember) private readonly member: MultiprocessMember | undefined,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
  ) {}

  /** Has to be called before the routes are registered, when the application is set up. */
  install(): Promise<void> {
    return this.#orNothing(() => this.#install());
  }

  onModuleInit(): Promise<void> {
    return this.#orNothing(async () => {
      this.calls.explore(this.modules, this.host);
      this.collectProviders.connect(this.moduleRef);
      this.endpoints.guards = await resolveGuards(this.options.guards, this.moduleRef);
    });
  }

  onApplicationBootstrap(): Promise<void> {
    return this.#orNothing(async () => {
      const { server } = this.options;
      this.member?.start();
      if (server !== undefined && (server.when === undefined || (await server.when()))) {
        await this.servers.start(server);
      }
      this.registry.keep();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.servers.close();
    await this.#release();
  }

  async #orNothing(action: () => void | Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      await this.#release();
      throw error;
    }
  }

  async #release(): Promise<void> {
    this.http.tracker.detach();
    this.userDefaults.stop();
    this.endpoints.detach();
    await this.member?.close();
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

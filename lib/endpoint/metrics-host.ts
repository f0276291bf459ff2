import {
  Inject,
  Module,
  type DynamicModule,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Type,
} from '@nestjs/common';
import { ModulesContainer, RouterModule } from '@nestjs/core';
import { described, PrometheusConfigError } from '../core/errors.js';
import { LIFECYCLE, OWN_ROUTES } from '../core/tokens.js';
import { missingDependencies } from '../nest/dependencies.js';
import { startLast } from '../nest/hook-order.js';
import { completeRoute } from './given-controller.js';
import type { OwnRoutes } from './own-routes.js';

/**
 * A module of its own for the metrics controller, made anew for each application: the path of a
 * module is known to Nest by its class, and several applications may live in one process.
 *
 * The path may come from asynchronous options, later than any decorator could say it. So the module
 * places itself, when it is constructed, as `RouterModule.register()` would.
 *
 * @param imports of the application: what they export can be injected into the controller
 */
export function metricsHost(
  controller: Type<unknown>,
  imports: NonNullable<ModuleMetadata['imports']>,
): DynamicModule {
  completeRoute(controller);

  @Module({})
  class MetricsHostModule implements OnApplicationBootstrap, OnApplicationShutdown {
    constructor(
      @Inject(ModulesContainer) modules: ModulesContainer,
      @Inject(OWN_ROUTES) routes: OwnRoutes,
      @Inject(LIFECYCLE) private readonly lifecycle: Lifecycle,
    ) {
      new RouterModule(modules, [{ path: routes.routePath, module: MetricsHostModule }]);
      checkDependencies(controller, modules, MetricsHostModule);
      startLast(modules, MetricsHostModule);
      lifecycle.awaitHook();
    }

    /** Starts when all others have: Nest tells nobody that another module's hook has failed. */
    onApplicationBootstrap(): Promise<void> {
      return this.lifecycle.start();
    }

    /** Nest 10 calls hooks in one order at the start and at the end. */
    onApplicationShutdown(): Promise<void> {
      return this.lifecycle.onApplicationShutdown();
    }
  }
  return { module: MetricsHostModule, imports, controllers: [controller] };
}

interface Lifecycle extends OnApplicationShutdown {
  start(): Promise<void>;
  awaitHook(): void;
  onApplicationShutdown(): Promise<void>;
}

function checkDependencies(
  controller: Type<unknown>,
  modules: ModulesContainer,
  host: Type<unknown>,
): void {
  const module = [...modules.values()].find(({ metatype }) => metatype === host);
  const [missing] = module === undefined ? [] : missingDependencies(controller, module);
  if (missing === undefined) return;
  const name = typeof missing === 'function' ? missing.name : described(missing);
  throw PrometheusConfigError.option(
    'controller',
    `a controller whose dependencies can be injected; give the module that exports ${name} in \`imports\` of forRootAsync(), or make it global`,
    controller,
  );
}

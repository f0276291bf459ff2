import { Inject, Module, type DynamicModule, type Type } from '@nestjs/common';
import { ModulesContainer, RouterModule } from '@nestjs/core';
import { OWN_ROUTES } from '../core/tokens.js';
import type { OwnRoutes } from './own-routes.js';

/**
 * A module of its own for the metrics controller, made anew for each application: the path of a
 * module is known to Nest by its class, and several applications may live in one process.
 *
 * The path may come from asynchronous options, later than any decorator could say it. So the module
 * places itself, when it is constructed, as `RouterModule.register()` would.
 */
export function metricsHost(controller: Type<unknown>): DynamicModule {
  @Module({})
  class MetricsHostModule {
    constructor(
      @Inject(ModulesContainer) modules: ModulesContainer,
      @Inject(OWN_ROUTES) endpoints: OwnRoutes,
    ) {
      new RouterModule(modules, [{ path: endpoints.routePath, module: MetricsHostModule }]);
    }
  }
  return { module: MetricsHostModule, controllers: [controller] };
}

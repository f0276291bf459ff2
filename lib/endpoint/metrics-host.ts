import { Inject, Module, RequestMethod, type DynamicModule, type Type } from '@nestjs/common';
import { ModulesContainer, RouterModule, type ApplicationConfig } from '@nestjs/core';
import { MetricsEndpoints } from './metrics-endpoints.js';

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
      @Inject(MetricsEndpoints) endpoints: MetricsEndpoints,
    ) {
      new RouterModule(modules, [{ path: endpoints.routePath, module: MetricsHostModule }]);
    }
  }
  return { module: MetricsHostModule, controllers: [controller] };
}

/**
 * Moves a module to the front, so that its routes are registered before all others: on Express the
 * first route that matches wins, and a catch-all route of the application must not hide the
 * endpoint. Nest has no way to say so; it can go when routes or modules have a priority.
 */
export function placeFirst(modules: ModulesContainer, host: unknown): void {
  const entries = [...modules];
  const isHost = ([, module]: (typeof entries)[number]): boolean => module.metatype === host;
  modules.clear();
  for (const [key, module] of entries.filter(isHost)) modules.set(key, module);
  for (const [key, module] of entries.filter((entry) => !isHost(entry))) modules.set(key, module);
}

/** Exempts a path from the application's global prefix. */
export function exemptFromPrefix(config: ApplicationConfig, path: string): void {
  const options = config.getGlobalPrefixOptions();
  const pathRegex = new RegExp(`^${path.replace(/[.$]/g, '\\$&')}/?$`);
  config.setGlobalPrefixOptions({
    ...options,
    exclude: [...(options.exclude ?? []), { path, requestMethod: RequestMethod.GET, pathRegex }],
  });
}

/** The route template of the endpoint under the application's global prefix. */
export function prefixed(config: ApplicationConfig, path: string): string {
  const prefix = config.getGlobalPrefix().replace(/^\/|\/$/g, '');
  return prefix === '' ? path : `/${prefix}${path}`;
}

import { RequestMethod } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';

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

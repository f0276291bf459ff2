import type { FactoryProvider } from '@nestjs/common';
import {
  ASYNC_OPTIONS,
  type PrometheusModuleAsyncOptions,
  type PrometheusOptionsFactory,
} from './options/async-options.js';
import { guardsOrNone, type GuardLike } from './options/guards.js';
import { optionPlace } from './options/place.js';
import type { PrometheusModuleOptions } from './options/prometheus-options.js';
import { resolveTable } from './options/table.js';
import { PrometheusConfigError } from './core/errors.js';
import { GIVEN_OPTIONS } from './core/tokens.js';

/**
 * Provides what the factory or the class of `forRootAsync()` makes.
 *
 * @throws PrometheusConfigError when there is neither, and for a name that is not known
 */
export function asyncOptionsProvider(options: PrometheusModuleAsyncOptions): FactoryProvider {
  const { guards } = resolveTable(ASYNC_OPTIONS, options, optionPlace('forRootAsync', ''));
  const { useFactory, useClass, useExisting, inject = [] } = options;
  const outer = (given: PrometheusModuleOptions): PrometheusModuleOptions =>
    withOuterOptions(given, guards, options.controller);
  if (useFactory !== undefined) {
    const factory = async (...dependencies: unknown[]): Promise<PrometheusModuleOptions> =>
      outer(await useFactory(...dependencies));
    return { provide: GIVEN_OPTIONS, inject, useFactory: factory };
  }
  const type = useClass ?? useExisting;
  if (type === undefined) {
    throw PrometheusConfigError.option(
      'forRootAsync',
      'one of useFactory, useClass and useExisting',
      options,
    );
  }
  const factory = async (made: PrometheusOptionsFactory): Promise<PrometheusModuleOptions> =>
    outer(await made.createPrometheusOptions());
  return { provide: GIVEN_OPTIONS, inject: [type], useFactory: factory };
}

/** Adds the guards that stand beside the factory to those that it returned. */
function withOuterOptions(
  given: PrometheusModuleOptions,
  outer: readonly GuardLike[],
  controller: PrometheusModuleAsyncOptions['controller'],
): PrometheusModuleOptions {
  if (typeof given !== 'object' || given === null) {
    throw PrometheusConfigError.option('forRootAsync', 'a factory that gives options', given);
  }
  if (given.controller !== undefined && given.controller !== controller) {
    throw PrometheusConfigError.option(
      'controller',
      'to be given beside the factory in forRootAsync(), because controllers are fixed before it runs',
      given.controller,
    );
  }
  const inner = guardsOrNone(given.guards, optionPlace('guards'));
  return { ...given, guards: [...outer, ...inner] };
}

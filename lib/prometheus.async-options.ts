import type { FactoryProvider } from '@nestjs/common';
import { checkedGuards } from './options/checks.js';
import { checkedNames, type NamesOf } from './options/known-names.js';
import type {
  PrometheusModuleAsyncOptions,
  PrometheusModuleOptions,
  PrometheusOptionsFactory,
} from './options/prometheus-options.js';
import { PrometheusConfigError } from './core/errors.js';
import { GIVEN_OPTIONS } from './core/tokens.js';

const NAMES: NamesOf<PrometheusModuleAsyncOptions> = {
  imports: true,
  useFactory: true,
  useClass: true,
  useExisting: true,
  inject: true,
  guards: true,
  controller: true,
};

/**
 * Provides what the factory or the class of `forRootAsync()` makes.
 *
 * @throws PrometheusConfigError when there is neither, and for a name that is not known
 */
export function asyncOptionsProvider(options: PrometheusModuleAsyncOptions): FactoryProvider {
  checkedNames('forRootAsync', options, NAMES);
  const { useFactory, useClass, useExisting, inject = [] } = options;
  const outer = (given: PrometheusModuleOptions): PrometheusModuleOptions =>
    withOuterOptions(given, options);
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
  { guards = [], controller }: PrometheusModuleAsyncOptions,
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
  return {
    ...given,
    guards: [...checkedGuards('guards', guards), ...checkedGuards('guards', given.guards)],
  };
}

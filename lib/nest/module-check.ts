import type { ModulesContainer } from '@nestjs/core';
import { PrometheusConfigError } from '../core/errors.js';
import { GIVEN_OPTIONS } from '../core/tokens.js';
import { VERSION } from '../core/version.js';

/** Metadata of the module class: the version of the library. The same key in all versions. */
export const PROMETHEUS_MODULE = 'nestjs-prometheus-exporter:module';

/**
 * @throws PrometheusConfigError when an application imports the module more than once, whichever
 *   copies or versions of the library it comes from
 */
export function checkImportedOnce(modules: ModulesContainer): void {
  const versions = [...modules.values()].flatMap(({ metatype }) =>
    typeof metatype === 'function' && Reflect.hasMetadata(PROMETHEUS_MODULE, metatype)
      ? [Reflect.getMetadata(PROMETHEUS_MODULE, metatype) as string]
      : [],
  );
  const different = [...new Set([VERSION, ...versions])];
  if (different.length > 1) {
    throw new PrometheusConfigError(
      `PrometheusModule is imported from ${different.length} versions of nestjs-prometheus-exporter by one application, ${different.join(' and ')}: keep one of them (\`npm ls nestjs-prometheus-exporter\`)`,
    );
  }
  if (versions.length > 1) {
    throw new PrometheusConfigError(
      `PrometheusModule is imported ${versions.length} times by one application: call forRoot() or forRootAsync() once, in the root module; the module is global`,
    );
  }
}

/** Whether the application has the module with its options: `forRoot()` or `forRootAsync()`. */
export function hasOptions(modules: ModulesContainer): boolean {
  return [...modules.values()].some(({ providers }) => providers.has(GIVEN_OPTIONS));
}

import type { Type } from '@nestjs/common';
import { PrometheusConfigError } from '../core/errors.js';
import { METRICS_CONTROLLER } from './metrics.controller.js';

/** The key under which `@Controller()` keeps its path. Nest does not export it. */
const PATH_METADATA = 'path';

/**
 * What is wrong with option `controller`; `undefined`: nothing. A class that is no subclass would
 * have neither the exposition nor its guards, and one with a path would be served elsewhere.
 */
export function controllerFault(controller: Type<unknown>): PrometheusConfigError | undefined {
  const isOurs =
    typeof controller === 'function' &&
    Reflect.getMetadata(METRICS_CONTROLLER, controller) !== undefined;
  if (!isOurs) {
    return PrometheusConfigError.option(
      'controller',
      'a subclass of MetricsController',
      controller,
    );
  }
  const path: unknown = Reflect.getMetadata(PATH_METADATA, controller);
  if (path === '/') return undefined;
  return PrometheusConfigError.option(
    'controller',
    'a subclass of MetricsController with `@Controller()` without a path, as option `path` says where it is served',
    controller,
  );
}

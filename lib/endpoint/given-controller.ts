/** Option `controller`: a subclass of `MetricsController` that the application gives. */
import { RequestMethod, type Type } from '@nestjs/common';
import { PrometheusConfigError } from '../core/errors.js';
import { SERVES_LATE_PATHS } from '../nest/late-paths.js';
import {
  METHOD,
  PATH,
  RESPONSE_ARGUMENT,
  ROUTE_ARGUMENTS,
  VERSION_OF_ROUTE,
} from '../nest/metadata.js';
import { OPT_OUT_METADATA } from '../decorators/metadata.js';
import { METRICS_CONTROLLER, MetricsController } from './metrics.controller.js';

/**
 * What is wrong with the class; `undefined`: nothing. One that is no subclass would have neither the
 * exposition nor its guards, and one with a path would be served elsewhere.
 */
export function controllerFault(controller: Type<unknown>): PrometheusConfigError | undefined {
  const isOurs =
    typeof controller === 'function' &&
    Reflect.getMetadata(METRICS_CONTROLLER, controller) !== undefined;
  const fail = (expected: string): PrometheusConfigError =>
    PrometheusConfigError.option(
      'controller',
      `a subclass of MetricsController${expected}`,
      controller,
    );
  if (!isOurs) return fail('');
  const path: unknown = Reflect.getMetadata(PATH, controller);
  if (path !== '/') {
    return fail(' with `@Controller()` without a path, as option `path` says where it is served');
  }
  const handler = handlerOf(controller);
  const isServed =
    [undefined, '/'].includes(Reflect.getMetadata(PATH, handler) as string | undefined) &&
    [undefined, RequestMethod.GET].includes(
      Reflect.getMetadata(METHOD, handler) as number | undefined,
    );
  if (isServed) return undefined;
  return fail(' whose `index` has no decorator of a route, or `@Get()` without a path');
}

/** What the metadata of a handler says of its route, and that it is in no metric. */
const ROUTE_METADATA = [
  PATH,
  METHOD,
  VERSION_OF_ROUTE,
  SERVES_LATE_PATHS,
  OPT_OUT_METADATA,
] as const;

/**
 * Makes an overridden `index` the route that the one of `MetricsController` is: metadata is no part
 * of what a method inherits. What the class says itself stays.
 */
export function completeRoute(controller: Type<unknown>): void {
  const handler = handlerOf(controller);
  for (const key of ROUTE_METADATA) {
    if (Reflect.hasMetadata(key, handler)) continue;
    const inherited: unknown = Reflect.getMetadata(key, MetricsController.prototype.index);
    Reflect.defineMetadata(key, inherited, handler);
  }
  if (handler.length < 2) giveBackResult(controller);
}

/** Nest leaves the response to a handler that takes it, which is inherited, too. */
function giveBackResult(controller: Type<unknown>): void {
  const inherited = Reflect.getMetadata(ROUTE_ARGUMENTS, controller, 'index') as object;
  const own = Object.entries(inherited).filter(([name]) => !name.startsWith(RESPONSE_ARGUMENT));
  Reflect.defineMetadata(ROUTE_ARGUMENTS, Object.fromEntries(own), controller, 'index');
}

function handlerOf(controller: Type<unknown>): (...args: unknown[]) => unknown {
  return (controller.prototype as Record<'index', (...args: unknown[]) => unknown>).index;
}

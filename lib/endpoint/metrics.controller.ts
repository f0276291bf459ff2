/** The Nest route of the exposition. */
import type { IncomingMessage } from 'node:http';
import {
  Controller,
  Get,
  Inject,
  Req,
  Res,
  SetMetadata,
  UseFilters,
  UseGuards,
  Version,
  VERSION_NEUTRAL,
  type Type,
} from '@nestjs/common';
import { brand } from '../core/brands.js';
import { PrometheusConfigError } from '../core/errors.js';
import { OWN_ROUTES } from '../core/tokens.js';
import { ExcludeAllMetrics } from '../decorators/opt-out.decorators.js';
import { SERVES_LATE_PATHS } from '../nest/late-paths.js';
import { PATH, SWAGGER_EXCLUDE_CONTROLLER } from '../nest/metadata.js';
import { rawRequest, type RawOrWrapped } from '../nest/raw.js';
import { takenResponse, type FrameworkResponse } from '../nest/taken-response.js';
import { AnsweredFilter, AnsweringGuard } from './answering.guard.js';
import { MetricsGuard } from './metrics.guard.js';
import type { OwnRoutes } from './own-routes.js';

/** Metadata of the class and its subclasses, in every copy of the library. */
export const METRICS_CONTROLLER = brand('metrics-controller');

/**
 * Serves the exposition on the path of the module.
 *
 * Extend it, with `@Controller()` and without a path, to add metadata, interceptors or guards, and
 * give the class as option `controller`.
 *
 * @example
 * \@Public()
 * \@Controller()
 * class PublicMetricsController extends MetricsController {}
 */
@Controller()
@ExcludeAllMetrics()
@UseGuards(MetricsGuard)
@SetMetadata(METRICS_CONTROLLER, true)
// What Swagger's own decorator does, which would make Swagger a dependency.
@SetMetadata(SWAGGER_EXCLUDE_CONTROLLER, [true])
export class MetricsController {
  // A property, so that a subclass can have a constructor of its own.
  @Inject(OWN_ROUTES) private readonly routes!: OwnRoutes;

  /**
   * Answers a request to the endpoint. Interceptors do not run around it, unless a subclass
   * overrides it.
   */
  @Get()
  @Version(VERSION_NEUTRAL)
  @SetMetadata(SERVES_LATE_PATHS, true)
  @UseGuards(AnsweringGuard)
  @UseFilters(AnsweredFilter)
  async index(
    @Req() request: RawOrWrapped<IncomingMessage>,
    @Res() response: FrameworkResponse,
  ): Promise<void> {
    const raw = rawRequest(request);
    await this.routes.routeOf(raw)?.respond(raw, takenResponse(response));
  }
}

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
  const path: unknown = Reflect.getMetadata(PATH, controller);
  if (path === '/') return undefined;
  return PrometheusConfigError.option(
    'controller',
    'a subclass of MetricsController with `@Controller()` without a path, as option `path` says where it is served',
    controller,
  );
}

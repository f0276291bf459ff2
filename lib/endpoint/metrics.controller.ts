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
} from '@nestjs/common';
import { brand } from '../core/brands.js';
import { OWN_ROUTES } from '../core/tokens.js';
import { ExcludeAllMetrics } from '../decorators/opt-out.decorators.js';
import { SERVES_LATE_PATHS } from '../nest/late-paths.js';
import { SWAGGER_EXCLUDE_CONTROLLER } from '../nest/metadata.js';
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
@UseGuards(MetricsGuard)
@SetMetadata(METRICS_CONTROLLER, true)
// What Swagger's own decorator does, which would make Swagger a dependency.
@SetMetadata(SWAGGER_EXCLUDE_CONTROLLER, [true])
export class MetricsController {
  // A property, so that a subclass can have a constructor of its own.
  @Inject(OWN_ROUTES) private readonly routes!: OwnRoutes;

  /**
   * Answers a request to the endpoint, in front of all interceptors. A subclass that overrides it has
   * a handler as any other: interceptors run around it. One that takes fewer than two parameters
   * gives its response back.
   */
  @Get()
  @ExcludeAllMetrics()
  @Version(VERSION_NEUTRAL)
  @SetMetadata(SERVES_LATE_PATHS, true)
  @UseGuards(AnsweringGuard)
  @UseFilters(AnsweredFilter)
  async index(
    @Req() request: RawOrWrapped<IncomingMessage>,
    @Res() response: FrameworkResponse,
  ): Promise<unknown> {
    const raw = rawRequest(request);
    return this.routes.routeOf(raw)?.respond(raw, takenResponse(response));
  }
}

/** The Nest route of the exposition. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Controller,
  Get,
  Inject,
  Req,
  Res,
  SetMetadata,
  UseGuards,
  Version,
  VERSION_NEUTRAL,
  type Type,
} from '@nestjs/common';
import { PrometheusConfigError } from '../core/errors.js';
import { ExcludeAllMetrics } from '../decorators/opt-out.decorators.js';
import { PATH, SWAGGER_EXCLUDE_CONTROLLER } from '../nest/metadata.js';
import { rawRequest, type RawOrWrapped } from '../nest/raw.js';
import { MetricsGuard } from './metrics.guard.js';
import { brand } from '../core/brands.js';
import { METRICS_RESPONDER } from '../core/tokens.js';
import type { MetricsResponder } from '../scrape/metrics-responder.js';

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
// The key under which Swagger looks for controllers to leave out; using its decorator would make
// it a dependency.
@SetMetadata(METRICS_CONTROLLER, true)
// What Swagger's own decorator does, which would make Swagger a dependency.
@SetMetadata(SWAGGER_EXCLUDE_CONTROLLER, [true])
export class MetricsController {
  constructor(@Inject(METRICS_RESPONDER) private readonly responder: MetricsResponder) {}

  @Get()
  @Version(VERSION_NEUTRAL)
  async index(
    @Req() request: RawOrWrapped<IncomingMessage>,
    @Res() response: ServerResponse | FastifyReplyLike,
  ): Promise<void> {
    await this.responder.respond(rawRequest(request), rawOf(response));
  }
}

interface FastifyReplyLike {
  readonly raw: ServerResponse;
  hijack(): unknown;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
}

/**
 * Node's response, to be written by hand. Fastify keeps the headers that its hooks have set (those
 * of CORS, say) apart until it sends a reply itself, so they are handed on here.
 */
function rawOf(response: ServerResponse | FastifyReplyLike): ServerResponse {
  if (!('raw' in response)) return response;
  response.hijack();
  for (const [name, value] of Object.entries(response.getHeaders())) {
    if (value !== undefined) response.raw.setHeader(name, value);
  }
  return response.raw;
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

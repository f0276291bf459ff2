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
} from '@nestjs/common';
import { ExcludeAllMetrics } from '../decorators/opt-out.decorators.js';
import { MetricsGuard } from './metrics.guard.js';
import { MetricsResponder } from './metrics-responder.js';

/** Node's own object (Express), or the framework's around it (Fastify). */
type Raw<T> = T | { readonly raw: T };

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
@SetMetadata('swagger/apiExcludeController', [true])
export class MetricsController {
  constructor(@Inject(MetricsResponder) private readonly responder: MetricsResponder) {}

  @Get()
  @Version(VERSION_NEUTRAL)
  async index(
    @Req() request: Raw<IncomingMessage>,
    @Res() response: Raw<ServerResponse> & { hijack?(): unknown },
  ): Promise<void> {
    // Fastify: the response is written by hand.
    response.hijack?.();
    await this.responder.respond(
      'raw' in request ? request.raw : request,
      'raw' in response ? response.raw : response,
    );
  }
}

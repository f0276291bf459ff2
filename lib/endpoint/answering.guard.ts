/**
 * The own routes are answered by the last guard, before any interceptor: an interceptor of the
 * application may wrap, cache or delay what a handler gives, or touch headers that have been sent.
 * An exception that no filter but ours sees tells Nest that there is nothing left to do.
 */
import type { IncomingMessage } from 'node:http';
import { Catch, Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExceptionFilter, ExecutionContext } from '@nestjs/common';
import { OWN_ROUTES } from '../core/tokens.js';
import { rawRequest, type RawOrWrapped } from '../nest/raw.js';
import { takenResponse, type FrameworkResponse } from '../nest/taken-response.js';
import type { OwnRoutes } from './own-routes.js';

/** Says that a request has been answered. */
class Answered extends Error {
  override readonly name = 'Answered';

  constructor() {
    super('The request has been answered; nothing failed');
  }
}

/** Answers a request that all other guards have let in. Bound to the handler, so that it is last. */
@Injectable()
export class AnsweringGuard implements CanActivate {
  constructor(@Inject(OWN_ROUTES) private readonly routes: OwnRoutes) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = rawRequest(http.getRequest<RawOrWrapped<IncomingMessage>>());
    const response = takenResponse(http.getResponse<FrameworkResponse>());
    await this.routes.routeOf(request)?.respond(request, response);
    throw new Answered();
  }
}

/** Bound to the handler, so that it comes before all other filters. */
@Catch(Answered)
export class AnsweredFilter implements ExceptionFilter {
  /** Does nothing: the response is written. */
  catch(): void {}
}

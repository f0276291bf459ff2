import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { OWN_ROUTES } from '../core/tokens.js';
import { rawRequest, rawResponse, type RawOrWrapped } from '../nest/raw.js';
import { allows } from './guard-resolver.js';
import type { OwnRoutes } from './own-routes.js';

/**
 * Stands in front of the own routes and asks their guards. It is bound statically: guards that are
 * attached to a controller after Nest has scanned it are dropped without a word.
 */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(@Inject(OWN_ROUTES) private readonly routes: OwnRoutes) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = rawRequest(http.getRequest<RawOrWrapped<IncomingMessage>>());
    const route = this.routes.routeOf(request);
    if (route === undefined) {
      throw new NotFoundException(`Cannot ${request.method ?? ''} ${request.url ?? ''}`);
    }
    this.routes.open.add(request, rawResponse(http.getResponse<RawOrWrapped<ServerResponse>>()));
    const guards = route.guards ?? this.routes.guards;
    if (guards === undefined) return false;
    for (const guard of guards) {
      if (!(await allows(guard, context))) return false;
    }
    return true;
  }
}

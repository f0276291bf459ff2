import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { rawRequest, type RawOrWrapped } from '../nest/raw.js';
import { allows } from './guard-resolver.js';
import { METRICS_ENDPOINTS } from '../core/tokens.js';
import type { MetricsEndpoints } from './metrics-endpoints.js';

/**
 * Stands in front of the exposition and asks the guards of the options. It is bound statically:
 * guards that are attached to a controller after Nest has scanned it are dropped without a word.
 */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(@Inject(METRICS_ENDPOINTS) private readonly endpoints: MetricsEndpoints) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<RawOrWrapped<IncomingMessage>>();
    const raw = rawRequest(request);
    const added = this.endpoints.addressed(raw);
    if (added === undefined && !this.endpoints.isPublic) {
      throw new NotFoundException(`Cannot ${raw.method ?? ''} ${raw.url ?? ''}`);
    }
    const guards = added?.guards ?? this.endpoints.guards;
    if (guards === undefined) return false;
    for (const guard of guards) {
      if (!(await allows(guard, context))) return false;
    }
    return true;
  }
}

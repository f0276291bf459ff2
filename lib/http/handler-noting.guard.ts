import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Exchange } from './exchange.js';

/**
 * Notes controller and handler with the request before any other guard decides, so that they are
 * known for rejected requests, too. Put first among the global guards where something needs them
 * and `HandlerIndex` cannot tell: it costs 4 to 6 % of an application's throughput.
 */
export class HandlerNotingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() === 'http') {
      const exchange = Exchange.of(context.switchToHttp().getResponse<object>());
      if (exchange !== undefined) {
        exchange.controller = context.getClass();
        exchange.handler = context.getHandler();
      }
    }
    return true;
  }
}

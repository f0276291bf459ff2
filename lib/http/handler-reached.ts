import type { HttpServer } from '@nestjs/common';
import { Exchange } from './exchange.js';

/**
 * Tells when a request has passed the guards of its handler, before interceptors and pipes run.
 *
 * Nest has no hook for that once the routes are registered. It sets the status of the response
 * there, and nowhere else, through the adapter's `status()`. It can go when interceptors can be
 * added to routes that exist.
 *
 * @returns stops telling
 */
export function onHandlerReached(
  httpAdapter: HttpServer,
  listener: (exchange: Exchange) => void,
): () => void {
  const adapter = httpAdapter as { status?: (response: object, statusCode: number) => unknown };
  const ownStatus = Object.getOwnPropertyDescriptor(adapter, 'status');
  const { status } = adapter;
  adapter.status = function (this: unknown, response, statusCode): unknown {
    const exchange = Exchange.of(response);
    if (exchange !== undefined) listener(exchange);
    return status?.call(httpAdapter, response, statusCode);
  };
  return () => {
    if (ownStatus === undefined) delete adapter.status;
    else Object.defineProperty(adapter, 'status', ownStatus);
  };
}

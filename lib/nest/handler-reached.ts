import type { HttpServer } from '@nestjs/common';

/**
 * Tells when a request has passed the guards of its handler, before interceptors and pipes run.
 *
 * Nest has no hook for that once the routes are registered. It sets the status of the response
 * there, and nowhere else, through the adapter's `status()`. It can go when interceptors can be
 * added to routes that exist.
 *
 * @param listener given the framework's response
 * @returns stops telling
 */
export function onHandlerReached(
  httpAdapter: HttpServer,
  listener: (response: object) => void,
): () => void {
  const adapter = httpAdapter as { status?: (response: object, statusCode: number) => unknown };
  const ownStatus = Object.getOwnPropertyDescriptor(adapter, 'status');
  const { status } = adapter;
  adapter.status = function (this: unknown, response, statusCode): unknown {
    listener(response);
    return status?.call(httpAdapter, response, statusCode);
  };
  return () => {
    if (ownStatus === undefined) delete adapter.status;
    else Object.defineProperty(adapter, 'status', ownStatus);
  };
}

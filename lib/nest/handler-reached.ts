import type { HttpServer } from '@nestjs/common';
import { keptOn } from '../core/shared.js';

/** Given the framework's response. */
type ReachedListener = (response: object) => void;

interface StatusSetter {
  status?(response: object, statusCode: number): unknown;
}

/**
 * Tells when a request has passed the guards of its handler, before interceptors and pipes run.
 *
 * Nest has no hook for that once the routes are registered. It sets the status of the response
 * there, and nowhere else, through the adapter's `status()`. It can go when interceptors can be
 * added to routes that exist.
 *
 * @returns stops telling
 */
export function onHandlerReached(httpAdapter: HttpServer, listener: ReachedListener): () => void {
  const reached = keptOn(httpAdapter, 'handler-reached', () => new HandlerReached(httpAdapter));
  reached.add(listener);
  return () => reached.remove(listener);
}

/** All that listen on one adapter, whose method is its own again when there is none. */
class HandlerReached {
  readonly #listeners = new Set<ReachedListener>();
  #restore: (() => void) | undefined;

  constructor(private readonly adapter: StatusSetter) {}

  add(listener: ReachedListener): void {
    this.#listeners.add(listener);
    this.#restore ??= this.#intercept();
  }

  remove(listener: ReachedListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#restore?.();
    this.#restore = undefined;
  }

  #intercept(): () => void {
    const { adapter } = this;
    const listeners = this.#listeners;
    const own = Object.getOwnPropertyDescriptor(adapter, 'status');
    const { status } = adapter;
    adapter.status = function (this: unknown, response, statusCode): unknown {
      for (const listener of listeners) listener(response);
      return status?.call(adapter, response, statusCode);
    };
    return () => {
      if (own === undefined) delete adapter.status;
      else Object.defineProperty(adapter, 'status', own);
    };
  }
}

import type { HttpServer } from '@nestjs/common';

type Callback = (request: object, response: object, next: () => void) => unknown;
type Factory = (path: string, callback: Callback) => unknown;

interface RegisteringAdapter {
  createMiddlewareFactory(method: number): Factory | Promise<Factory>;
}

/**
 * Tells when middleware of `consumer.apply()` is called, by its response.
 *
 * Nest has no hook for that. It can go when there is one.
 *
 * To be called before middleware is registered.
 */
export function onMiddlewareReached(
  httpAdapter: HttpServer,
  listener: (response: object) => void,
): void {
  const adapter = httpAdapter as unknown as RegisteringAdapter;
  const { createMiddlewareFactory } = adapter;
  // Nest registers one function for several paths, and knows it by that.
  const known = new WeakMap<Callback, Callback>();
  const telling = (callback: Callback): Callback => {
    const wrapped: Callback = (request, response, next) => {
      listener(response);
      return callback(request, response, next);
    };
    known.set(callback, wrapped);
    return wrapped;
  };
  adapter.createMiddlewareFactory = async function (method) {
    const factory = await createMiddlewareFactory.call(httpAdapter, method);
    return (path, callback) => factory(path, known.get(callback) ?? telling(callback));
  };
}

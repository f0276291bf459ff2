import type { HttpServer } from '@nestjs/common';

type Handler = (request: object, response: object, next: () => void) => unknown;

type MiddlewareFactory = (path: string, callback: Handler) => unknown;

/** The methods of Nest's adapter that register what is no route of the application. */
interface RegisteringAdapter {
  setNotFoundHandler?(handler: Handler, ...rest: unknown[]): unknown;
  createMiddlewareFactory(method: number): MiddlewareFactory | Promise<MiddlewareFactory>;
}

/**
 * Tells the layers of Express that Nest adds for purposes of its own from those that serve routes:
 * the middleware of `consumer.apply()`, and the answer to what matched nothing. They are registered
 * as routes as well, and nothing tells them from those of the application. It can go when the
 * functions bear a mark.
 *
 * To be made before the routes are registered.
 */
export class ExpressLayers {
  readonly #middleware = new WeakSet<object>();

  /** @param onUnmatched told of a request that nothing matched, by its response */
  constructor(httpAdapter: HttpServer, onUnmatched: (response: object) => void) {
    const adapter = httpAdapter as unknown as RegisteringAdapter;
    const { setNotFoundHandler, createMiddlewareFactory } = adapter;
    const middleware = this.#middleware;
    adapter.createMiddlewareFactory = async function (method) {
      const factory = await createMiddlewareFactory.call(httpAdapter, method);
      return (path, callback) => {
        middleware.add(callback);
        return factory(path, callback);
      };
    };
    if (setNotFoundHandler === undefined) return;
    adapter.setNotFoundHandler = function (handler, ...rest) {
      const noting: Handler = (request, response, next) => {
        onUnmatched(response);
        return handler(request, response, next);
      };
      middleware.add(noting);
      return setNotFoundHandler.call(httpAdapter, noting, ...rest);
    };
  }

  /** Whether a function was registered by `consumer.apply()`, or for what matched nothing. */
  isMiddleware(handle: object): boolean {
    return this.#middleware.has(handle);
  }
}

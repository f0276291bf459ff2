import type { HttpServer } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { isExact, isLiteral, pathPattern } from './path-pattern.js';

type Callback = (request: object, response: object, next: () => void) => unknown;
type Factory = (path: string, callback: Callback) => unknown;

interface RegisteringAdapter {
  createMiddlewareFactory(method: number): Factory | Promise<Factory>;
  /** Of Fastify, once there is a global prefix. */
  ['_pathPrefix']?: string | undefined;
}

/** One path for which Nest has registered middleware. */
interface Binding {
  readonly path: string;
  readonly callback: Callback;
  readonly factory: Factory;
  /** `app.use()` of Express: a path without wildcards stands for all that is beneath it as well. */
  readonly isPrefix: boolean;
}

/** Of a string given to `forRoutes()`. */
const ANY_METHOD = -1;

/**
 * The middleware that modules bind by `forRoutes()`, for own paths beside the global prefix.
 *
 * Nest puts the prefix in front of what is given there, so that `forRoutes('internal/*path')` does not
 * cover `/internal/metrics`, unless that path is excluded from the prefix before middleware is bound.
 * Paths can be added later than that. It can go when Nest binds middleware to routes, not to paths.
 */
export class MiddlewareBindings {
  readonly #bindings: Binding[] = [];
  readonly #adapter: RegisteringAdapter;

  /**
   * To be made before middleware is registered.
   *
   * @param isOwn whether a path is an own one
   */
  constructor(
    httpAdapter: HttpServer,
    private readonly config: ApplicationConfig,
    isOwn: (path: string) => boolean,
  ) {
    const adapter = httpAdapter as unknown as RegisteringAdapter;
    this.#adapter = adapter;
    const { createMiddlewareFactory } = adapter;
    const isExpress = httpAdapter.getType() === 'express';
    adapter.createMiddlewareFactory = async (method) => {
      const factory = await createMiddlewareFactory.call(httpAdapter, method);
      const isPrefix = isExpress && method === ANY_METHOD;
      return (path, callback) => {
        this.#bindings.push({ path, callback, factory, isPrefix });
        return isOwn(path) ? this.#registerAsIs(factory, path, callback) : factory(path, callback);
      };
    };
  }

  /**
   * Registers, in its order, the middleware that a path would have without the prefix and does not
   * have with it.
   *
   * @param isOfApplication whether a path, without the prefix, is that of a route of the application:
   *   what is bound to it alone is bound to that route
   * @param place is given what registers the middleware
   */
  cover(
    path: string,
    isOfApplication: (path: string) => boolean,
    place: (register: () => void) => void,
  ): void {
    const prefix = `/${this.config.getGlobalPrefix().replace(/^\/+|\/+$/g, '')}`;
    if (prefix === '/') return;
    const covers = (binding: Binding, pattern: string): boolean =>
      pathPattern(pattern, binding.isPrefix).test(path);
    const covering = this.#bindings.filter((each) => isExact(each.path) && covers(each, each.path));
    const done = new Set(covering.map(({ callback }) => callback));
    for (const binding of this.#bindings) {
      const { callback, factory } = binding;
      const pattern = withoutPrefix(binding.path, prefix);
      if (pattern === undefined || done.has(callback) || !covers(binding, pattern)) continue;
      if (isLiteral(pattern) && isOfApplication(pattern.replace(/\/$/, ''))) continue;
      done.add(callback);
      place(() => this.#registerAsIs(factory, path.replace(/\$$/, '\\$'), callback));
    }
  }

  /**
   * The adapter of Fastify that came with Nest 11.0 and 11.1 puts the prefix in front of every path
   * that has none, also of those that are excluded from it.
   */
  #registerAsIs(factory: Factory, path: string, callback: Callback): unknown {
    const adapter = this.#adapter;
    const prefix = adapter['_pathPrefix'];
    if (prefix === undefined) return factory(path, callback);
    adapter['_pathPrefix'] = undefined;
    try {
      return factory(path, callback);
    } finally {
      adapter['_pathPrefix'] = prefix;
    }
  }
}

function withoutPrefix(path: string, prefix: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined;
  const rest = path.slice(prefix.length);
  return /^[/{(*]/.test(rest) ? rest : undefined;
}

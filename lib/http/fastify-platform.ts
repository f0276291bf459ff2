import type { IncomingMessage, ServerResponse } from 'node:http';
import { handlerOfConfig } from '../nest/handler-index.js';
import type { Exchange } from './exchange.js';
import type { HttpPlatform, PlatformListener, Route } from './platform.js';

interface FastifyRequestLike {
  readonly raw: IncomingMessage;
  readonly is404?: boolean;
  readonly routeOptions?: { readonly url?: string; readonly config?: object };
}

interface FastifyReplyLike {
  readonly raw: ServerResponse;
}

type Hook = (request: FastifyRequestLike, reply: FastifyReplyLike, done: () => void) => void;

type ErrorHook = (
  request: FastifyRequestLike,
  reply: FastifyReplyLike,
  error: unknown,
  done: () => void,
) => void;

/** What is registered; the configuration is that of `routeOptions`, but for what Fastify adds. */
interface RegisteredRoute {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly config?: object;
  /** What has to be true beside method and path. */
  readonly constraints?: object;
}

/** The part of a Fastify instance that is used. */
export interface FastifyLike {
  addHook(name: 'onRoute', hook: (route: RegisteredRoute) => void): unknown;
  addHook(name: 'onRequest' | 'onResponse', hook: Hook): unknown;
  addHook(name: 'onError', hook: ErrorHook): unknown;
  hasRoute(route: { method: string; url: string }): boolean;
}

/** A route of a handler of Nest, which method and path tell. */
interface HandlerRoute {
  readonly methods: readonly string[];
  readonly url: string;
  readonly handler: Function;
}

/** Routes of certain handlers, among as many as there were then. */
interface WantedRoutes {
  readonly count: number;
  readonly routes: readonly (HandlerRoute & { readonly pattern: RegExp })[];
}

/** What something answered that is no route: a hook, or middleware. */
const NO_ROUTE: Route = { template: '/*' };

/**
 * Fastify: its request knows its route. Made as early as possible, since hooks run in the order in
 * which they were added, one that answers ends them, and plugins take those that are there.
 *
 * @see https://fastify.dev/docs/latest/Reference/Hooks/
 */
export class FastifyPlatform implements HttpPlatform {
  readonly #routes = new WeakMap<object, Route>();
  readonly #registered: HandlerRoute[] = [];
  #wanted: WantedRoutes = { count: 0, routes: [] };

  constructor(
    private readonly fastify: FastifyLike,
    listener: PlatformListener,
  ) {
    fastify.addHook('onRoute', ({ method, url, config = {}, constraints = {} }) => {
      const handler = handlerOfConfig(config);
      if (handler === undefined || Object.keys(constraints).length > 0) return;
      this.#registered.push({ methods: [method].flat(), url, handler });
    });
    // `inject()`, and the second server that Fastify opens for `localhost`, pass by the server's
    // listener; for them the request begins here.
    fastify.addHook('onRequest', (request, reply, done) => {
      const exchange = listener.begin(request.raw, reply.raw);
      if (exchange !== undefined) {
        exchange.adopt(request, reply);
        listener.routed(exchange);
      }
      done();
    });
    // A hook that was added before ours has answered.
    fastify.addHook('onResponse', (request, reply, done) => {
      const exchange = listener.begin(request.raw, reply.raw);
      if (exchange?.isAdopted === false) exchange.adopt(request, reply);
      done();
    });
    // What a route of no controller throws passes by Nest where its plugin was loaded before.
    fastify.addHook('onError', (_request, reply, error, done) => {
      listener.threw(reply.raw, error);
      done();
    });
  }

  /** Middleware of Nest runs in a hook before ours, and may take its time. */
  isFor({ method, path }: Exchange, isWanted: (handler: Function) => boolean): boolean {
    if (this.#wanted.count !== this.#registered.length) {
      const wanted = this.#registered.filter(({ handler }) => isWanted(handler));
      const routes = wanted.map((route) => ({ ...route, pattern: patternOf(route.url) }));
      this.#wanted = { count: this.#registered.length, routes };
    }
    const matching = this.#wanted.routes.filter(
      ({ methods, pattern }) => methods.includes(method) && pattern.test(path),
    );
    if (matching.length === 0) return false;
    // A route without parameters goes before one with some.
    return (
      matching.some(({ url }) => url === path) || !this.fastify.hasRoute({ method, url: path })
    );
  }

  routeOf(exchange: Exchange): Route | undefined {
    const { is404, routeOptions } = exchange.request as FastifyRequestLike;
    const { url, config } = routeOptions ?? {};
    if (is404 === true || url === undefined || config === undefined) {
      return is404 === true && exchange.isAnswered ? NO_ROUTE : undefined;
    }
    // The route of the CORS plugin for preflights; no handler stands behind it.
    if (url === '*' && exchange.method === 'OPTIONS') return undefined;
    let known = this.#routes.get(config);
    if (known === undefined) {
      known = { template: url === '*' ? '/*' : url, handler: handlerOfConfig(config) };
      this.#routes.set(config, known);
    }
    return known;
  }
}

/** What matches the paths of a route: parameters, with an expression or without, and wildcards. */
function patternOf(url: string): RegExp {
  const parts = url.split(/(:[^/(.-]+(?:\([^)]*\))?\??|\*)/);
  const source = parts.map((part, i) => {
    if (i % 2 === 0) return part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    return part === '*' ? '.*' : '[^/]+';
  });
  return new RegExp(`^${source.join('')}$`);
}

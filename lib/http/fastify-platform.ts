import type { IncomingMessage, ServerResponse } from 'node:http';
import { handlerOfConfig } from '../nest/handler-index.js';
import type { Exchange } from './exchange.js';
import { FastifyRoutes, type PathMatching, type RegisteredRoute } from './fastify-routes.js';
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

/** The part of a Fastify instance that is used. */
export interface FastifyLike {
  addHook(name: 'onRoute', hook: (route: RegisteredRoute) => void): unknown;
  addHook(name: 'onRequest' | 'onResponse', hook: Hook): unknown;
  addHook(name: 'onError', hook: ErrorHook): unknown;
  hasRoute(route: { method: string; url: string }): boolean;
  /** Options of the router stand in one of two places. */
  readonly initialConfig: PathMatching & { readonly routerOptions?: PathMatching };
  readonly server: { readonly listening: boolean };
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
  readonly #registered: FastifyRoutes;
  #adoptsAll = false;

  constructor(
    private readonly fastify: FastifyLike,
    private readonly listener: PlatformListener,
  ) {
    const { initialConfig } = fastify;
    this.#registered = new FastifyRoutes(initialConfig.routerOptions ?? initialConfig);
    fastify.addHook('onRoute', (route) => this.#registered.add(route));
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
    // What a route of no controller throws passes by Nest where its plugin was loaded before.
    fastify.addHook('onError', (_request, reply, error, done) => {
      listener.threw(reply.raw, error);
      done();
    });
  }

  /**
   * Middleware of Nest, and hooks that were added before ours, may have answered. Fastify adds two
   * listeners to each response for such a hook, so there is one only where it is of use. It takes
   * none any more once it listens.
   */
  adoptAll(): void {
    if (this.#adoptsAll || this.fastify.server.listening) return;
    this.#adoptsAll = true;
    this.fastify.addHook('onResponse', (request, reply, done) => {
      const exchange = this.listener.begin(request.raw, reply.raw);
      if (exchange?.isAdopted === false) exchange.adopt(request, reply);
      done();
    });
  }

  /** Middleware of Nest runs in a hook before ours, and may take its time. */
  isFor({ method, path }: Exchange, isWanted: (handler: Function) => boolean): boolean {
    return this.#registered.isFor(method, path, isWanted);
  }

  routeOf(exchange: Exchange): Route | undefined {
    if (!exchange.isAdopted) return this.#routeByPath(exchange);
    const { is404, routeOptions } = exchange.request as FastifyRequestLike;
    const { url, config } = routeOptions ?? {};
    if (is404 === true || url === undefined || config === undefined) {
      return is404 === true && exchange.isAnswered ? NO_ROUTE : undefined;
    }
    // The route of the CORS plugin for preflights; no handler stands behind it.
    if (url === '*' && exchange.method === 'OPTIONS') return undefined;
    let known = this.#routes.get(config);
    if (known === undefined) {
      known = { template: templateOf(url), handler: handlerOfConfig(config) };
      this.#routes.set(config, known);
    }
    return known;
  }

  #routeByPath({ method, path, isAnswered }: Exchange): Route | undefined {
    const found = this.#registered.find(method, path);
    // A route that was registered before ours were told is known to Fastify, if not its parameters.
    if (found === undefined && this.#hasRoute(method, path)) return { template: path };
    if (found === undefined) return isAnswered ? NO_ROUTE : undefined;
    if (found.url === '*' && method === 'OPTIONS') return undefined;
    return { template: templateOf(found.url), handler: found.handler };
  }

  /** Fastify takes the path for a template, and throws for one that cannot be: nobody has it. */
  #hasRoute(method: string, url: string): boolean {
    try {
      return this.fastify.hasRoute({ method, url });
    } catch {
      return false;
    }
  }
}

function templateOf(url: string): string {
  return url === '*' ? '/*' : url;
}

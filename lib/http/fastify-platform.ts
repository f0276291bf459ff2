import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from './exchange.js';
import { handlerOfConfig } from '../nest/handler-index.js';
import type { BeginExchange, HttpPlatform, Route } from './platform.js';

interface FastifyRequestLike {
  readonly raw: IncomingMessage;
  readonly is404?: boolean;
  readonly routeOptions?: { readonly url?: string; readonly config?: object };
}

interface FastifyReplyLike {
  readonly raw: ServerResponse;
}

/** The part of a Fastify instance that is used. */
export interface FastifyLike {
  addHook(
    name: 'onRequest' | 'onResponse',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: () => void) => void,
  ): unknown;
}

/** Fastify 5: its request, which the `onRequest` hook brings, knows its route. */
export class FastifyPlatform implements HttpPlatform {
  readonly #routes = new WeakMap<object, Route>();

  constructor(private readonly fastify: FastifyLike) {}

  /**
   * `inject()`, and the second server that Fastify opens for `localhost`, pass by the server's
   * listener; for them the request begins here.
   */
  install(begin: BeginExchange): void {
    this.fastify.addHook('onRequest', (request, reply, done) => {
      begin(request.raw, reply.raw).adopt(request, reply);
      done();
    });
  }

  routeOf(exchange: Exchange): Route | undefined {
    const { is404, routeOptions } = exchange.request as FastifyRequestLike;
    // `*` is the route of the CORS plugin for preflights; no handler stands behind it.
    const url = is404 === true ? undefined : routeOptions?.url;
    if (url === undefined || url === '*' || routeOptions?.config === undefined) return undefined;
    let known = this.#routes.get(routeOptions.config);
    if (known === undefined) {
      known = { template: url, handler: handlerOfConfig(routeOptions.config) };
      this.#routes.set(routeOptions.config, known);
    }
    return known;
  }
}

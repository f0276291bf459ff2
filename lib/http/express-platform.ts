import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { ExpressLayers } from '../nest/express-layers.js';
import { handlerOf, isRouted } from '../nest/handler-index.js';
import { Exchange } from './exchange.js';
import {
  findRoute,
  handles,
  layersOf,
  matchOf,
  mountOf,
  routeTemplate,
  type ExpressLayer,
  type ExpressLike,
  type ExpressRoute,
} from './express-router.js';
import type { HttpPlatform, PlatformListener, Route } from './platform.js';

/** What Express notes on a request while it looks for somebody who answers. */
interface RoutedRequest {
  /** The last route that matched. */
  readonly route?: ExpressRoute;
  /** The part of the path under which what is running is mounted. */
  readonly baseUrl?: string;
}

/** What something answered that is no route, and is bound to no path: a file, say. */
const NO_ROUTE: Route = { template: '/*' };

/** Layers of certain handlers, among those that were there then. */
interface WantedLayers {
  readonly among: readonly ExpressLayer[];
  readonly count: number;
  readonly layers: readonly ExpressLayer[];
}

/**
 * Express: the route that ended the request stands on the request. Where middleware answered before,
 * the routers are asked which one it would have been.
 */
export class ExpressPlatform implements HttpPlatform {
  readonly #app: ExpressLike;
  readonly #httpAdapter: HttpServer;
  readonly #listener: PlatformListener;
  readonly #routes = new WeakMap<ExpressRoute, Route | false>();
  #mounted = new WeakMap<ExpressRoute, { readonly baseUrl: string; readonly route: Route }>();
  #nestLayers: ExpressLayers | undefined;
  #areHandlersNoted = false;
  #wanted: WantedLayers | undefined;
  #stop: (() => void) | undefined;

  constructor(httpAdapter: HttpServer, listener: PlatformListener) {
    this.#httpAdapter = httpAdapter;
    this.#app = httpAdapter.getInstance() as ExpressLike;
    this.#listener = listener;
  }

  install(areHandlersNoted: boolean): void {
    this.#areHandlersNoted = areHandlersNoted;
    this.#nestLayers = new ExpressLayers(this.#httpAdapter, (response) =>
      Exchange.of(response)?.miss(),
    );
  }

  /**
   * Requests begin where the application of Express takes them, too: it may be given to another
   * server than the one that Nest made, or be called by code.
   */
  start(): void {
    if (this.#stop !== undefined) return;
    const app = this.#app;
    const listener = this.#listener;
    const { handle } = app;
    const beginning = function (this: unknown, ...args: unknown[]): unknown {
      listener.begin(args[0] as IncomingMessage, args[1] as ServerResponse);
      return handle.apply(this as ExpressLike, args);
    };
    app.handle = beginning;
    this.#stop = () => {
      if (app.handle === beginning) app.handle = handle;
    };
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  routeOf(exchange: Exchange): Route | undefined {
    if (exchange.isUnmatched) return undefined;
    const { route, baseUrl = '' } = exchange.request as RoutedRequest;
    if (route !== undefined && this.#isRoute(route)) {
      const nestRoute = this.#nestRoute(route);
      if (nestRoute === undefined) return this.#otherRoute(route, baseUrl, exchange);
      if (!this.#areHandlersNoted || exchange.reached !== undefined) return nestRoute;
    }
    return this.#find(exchange) ?? this.#answeredBy(exchange, baseUrl);
  }

  isFor(exchange: Exchange, isWanted: (handler: Function) => boolean): boolean {
    const { method, path } = exchange;
    const isCandidate = this.#layersOf(isWanted).some(
      (layer) => handles(layer.route as ExpressRoute, method) && matchOf(layer, path) !== undefined,
    );
    if (!isCandidate) return false;
    const handler = this.#find(exchange)?.handler;
    return handler !== undefined && isWanted(handler);
  }

  /** The route that method and path tell. */
  #find({ method, path }: Exchange): Route | undefined {
    const found = findRoute(layersOf(this.#app), method, path, this.#isOfApplication);
    if (found === undefined) return undefined;
    const handler = this.#nestRoute(found.route)?.handler;
    // Where routes pass requests on, the path does not tell which handler it would have been.
    return {
      template: found.template || '/',
      handler: this.#areHandlersNoted ? undefined : handler,
    };
  }

  readonly #isOfApplication = (handle: object): boolean =>
    this.#nestLayers?.isMiddleware(handle) !== true;

  #isRoute({ stack }: ExpressRoute): boolean {
    const handle = stack?.[0]?.handle;
    return handle !== undefined && this.#isOfApplication(handle);
  }

  #mountOf(path: string, baseUrl: string): string {
    return baseUrl === '' ? '' : mountOf(layersOf(this.#app), path, baseUrl, this.#isOfApplication);
  }

  /** A route of a controller: Nest copies the handler's metadata to the function it registers. */
  #nestRoute(route: ExpressRoute): Route | undefined {
    let known = this.#routes.get(route);
    if (known === undefined) {
      const handle = route.stack?.[0]?.handle as object;
      const template = routeTemplate(route) || '/';
      known = isRouted(handle) ? { template, handler: handlerOf(handle) } : false;
      this.#routes.set(route, known);
    }
    return known === false ? undefined : known;
  }

  /** A route of no controller, in a router that is mounted somewhere. */
  #otherRoute(route: ExpressRoute, baseUrl: string, { path }: Exchange): Route {
    const known = this.#mounted.get(route);
    if (known?.baseUrl === baseUrl) return known.route;
    const found: Route = { template: this.#mountOf(path, baseUrl) + routeTemplate(route) || '/' };
    this.#mounted.set(route, { baseUrl, route: found });
    return found;
  }

  /** What answered is no route; where it is bound to a path, that is told. */
  #answeredBy({ method, path, isAnswered }: Exchange, baseUrl: string): Route | undefined {
    const mount = this.#mountOf(path, baseUrl);
    if (mount !== '') {
      const rest = path.slice(baseUrl.length);
      return { template: mount + (rest === '' || rest === '/' ? '' : '/*') };
    }
    return isAnswered && method !== 'OPTIONS' ? NO_ROUTE : undefined;
  }

  #layersOf(isWanted: (handler: Function) => boolean): readonly ExpressLayer[] {
    const among = layersOf(this.#app);
    if (this.#wanted?.among !== among || this.#wanted.count !== among.length) {
      const layers = among.filter(({ route }) => {
        const handler = route && this.#isRoute(route) ? this.#nestRoute(route)?.handler : undefined;
        return handler !== undefined && isWanted(handler);
      });
      this.#wanted = { among, count: among.length, layers };
    }
    return this.#wanted.layers;
  }
}

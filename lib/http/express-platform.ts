import type { Exchange } from './exchange.js';
import { handlerOf, isRouted } from '../nest/handler-index.js';
import type { HttpPlatform, Route } from './platform.js';

interface ExpressRoute {
  readonly path: unknown;
  readonly stack?: readonly { readonly handle: object }[];
}

/** Express 5: the route that ended the request stands on the request. */
export class ExpressPlatform implements HttpPlatform {
  readonly #routes = new WeakMap<ExpressRoute, Route | false>();

  /**
   * @param areHandlersNoted whether the handler that a request reached stands with its exchange.
   *   Then a route without one has passed the request on, which Express does not tell.
   */
  constructor(private readonly areHandlersNoted: boolean) {}

  routeOf(exchange: Exchange): Route | undefined {
    const { route } = exchange.request as { route?: ExpressRoute };
    if (route === undefined) return undefined;
    if (this.areHandlersNoted && exchange.reached === undefined) return undefined;
    let known = this.#routes.get(route);
    if (known === undefined) {
      known = nestRoute(route) ?? false;
      this.#routes.set(route, known);
    }
    return known === false ? undefined : known;
  }
}

function nestRoute(route: ExpressRoute): Route | undefined {
  const handle = route.stack?.[0]?.handle;
  if (handle === undefined || !isRouted(handle)) return undefined;
  return { template: expressTemplate(String(route.path)), handler: handlerOf(handle) };
}

/** Spells wildcards (`{*path}`, `*path`) as `*`. */
export function expressTemplate(path: string): string {
  return path.replace(/\{(\/?)\*\w*\}/g, '$1*').replace(/\*\w+/g, '*');
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from './exchange.js';

/** The route that the framework chose for a request. */
export interface Route {
  /** Full template, wildcards spelled `*`, e.g. `/api/v1/users/:id`. */
  readonly template: string;
  /** The controller's method that handles it; `undefined` where none is known. */
  readonly handler?: Function | undefined;
}

/** What differs between the HTTP frameworks. */
export interface HttpPlatform {
  /** The route that matched; `undefined` when none did. Good from the close of the response on. */
  routeOf(exchange: Exchange): Route | undefined;

  /**
   * Lets the framework report requests that reach no server listener, and its own request object.
   * Called once, before the routes are registered.
   */
  install?(begin: BeginExchange): void;
}

/** Gives the exchange of a request, which begins when it has not begun. */
export type BeginExchange = (request: IncomingMessage, response: ServerResponse) => Exchange;

/** A framework that the library does not know: requests are counted, routes are not told. */
export class GenericPlatform implements HttpPlatform {
  routeOf(): Route | undefined {
    return undefined;
  }
}

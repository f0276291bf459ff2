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
  /**
   * The route that answered, or would have answered if nothing had been in front of it; `undefined`
   * when there is none. Good from the close of the response on.
   */
  routeOf(exchange: Exchange): Route | undefined;

  /**
   * Whether a request that has arrived is for a certain handler, as far as its method and path tell.
   * Missing where the framework itself tells that at once.
   *
   * @param isWanted whether it is one of those handlers, always the same ones
   */
  isFor?(exchange: Exchange, isWanted: (handler: Function) => boolean): boolean;

  /**
   * Called once, before the routes are registered.
   *
   * @param areHandlersNoted whether the handler that a request reached stands with its exchange.
   *   Then a route without one has passed the request on, which the framework does not tell
   */
  install?(areHandlersNoted: boolean): void;

  /** Code of the application reads the framework's request, also of one that was answered early. */
  adoptAll?(): void;

  /** Requests that reach no listener of the server are told from now on. */
  start?(): void;
  stop?(): void;
}

/** What a framework tells of its requests. */
export interface PlatformListener {
  /**
   * Gives the exchange of a request, which begins when it has not begun; `undefined` when it is not
   * followed.
   */
  begin(request: IncomingMessage, response: ServerResponse): Exchange | undefined;
  /** A route was chosen at arrival, before anything could answer. */
  routed(exchange: Exchange): void;
  /** Something was thrown that does not pass Nest's filters. */
  threw(response: ServerResponse, exception: unknown): void;
}

/** A framework that the library does not know: requests are counted, routes are not told. */
export class GenericPlatform implements HttpPlatform {
  routeOf(): Route | undefined {
    return undefined;
  }
}

import type { Route, HttpPlatform } from './platform.js';

/** A framework that the library does not know: requests are counted, routes are not told. */
export class GenericPlatform implements HttpPlatform {
  routeOf(): Route | undefined {
    return undefined;
  }
}

import { BRAND } from './brands.js';

/**
 * Pass as `defaultsPrefix` to expose the default metrics without a prefix.
 *
 * @example
 * PrometheusModule.forRoot({ defaultsPrefix: NO_PREFIX }) // http_request_total, ...
 */
export const NO_PREFIX: unique symbol = Symbol.for(`${BRAND}no-prefix`);

/** Value of a label for everything past its limit. */
export const OTHER = '_other';

/** Value of the `route` and `endpoint` groups where no route matched. */
export const UNMATCHED = 'unmatched';

/** Status of a request whose client went away before any header was sent. */
export const CLIENT_CLOSED_REQUEST = 499;

import { BOOLEAN, COUNT, SECONDS, withDefault } from './checks.js';
import { resolveTable, type OptionTable, type Resolved, type Resolver } from './table.js';

/** Limits of the metrics endpoint, on whichever path or server it is asked. */
export interface EndpointOptions {
  /**
   * Scrapes that are answered at the same time, over all paths and servers of the application.
   * Further ones get 503 with `Retry-After`.
   *
   * @default 5
   */
  maxRequestsInFlight?: number;
  /**
   * Seconds in which a scrape has to be collected, and its body to be ready as far as it has to be
   * when its sending begins (see `maxBodyBytes`); past them: 503.
   *
   * @default 5
   */
  timeoutSeconds?: number;
  /**
   * Seconds that a metric's `collect()` may take. Past them its family is left out of the body, and
   * of later ones, until that call is over: it is not called again before.
   *
   * @default 1
   */
  collectTimeoutSeconds?: number;
  /**
   * Seconds from the arrival of a scrape in which its response has to be taken; past them its
   * connection is cut. Should be more than `timeoutSeconds`.
   *
   * @default 10
   */
  writeTimeoutSeconds?: number;
  /**
   * Largest body, before compression, in bytes; for a larger one: 500. With more than 64 MiB, a body
   * that is not compressed is made while it is sent, from its first MiB on: then the connection of a
   * larger one is cut.
   *
   * @default 268435456 (256 MiB)
   */
  maxBodyBytes?: number;
  /** gzip for clients that accept it. @default true */
  compression?: boolean;
}

/** Names, checks and defaults of option `endpoint`. */
export const ENDPOINT_OPTIONS = {
  maxRequestsInFlight: withDefault(COUNT, 5),
  timeoutSeconds: withDefault(SECONDS, 5),
  collectTimeoutSeconds: withDefault(SECONDS, 1),
  writeTimeoutSeconds: withDefault(SECONDS, 10),
  maxBodyBytes: withDefault(COUNT, 256 * 2 ** 20),
  compression: withDefault(BOOLEAN, true),
} satisfies OptionTable<EndpointOptions>;

/** Option `endpoint`, checked and complete. */
export type EndpointLimits = Resolved<typeof ENDPOINT_OPTIONS>;

export const endpointOptions: Resolver<EndpointLimits> = (value = {}, place) =>
  resolveTable(ENDPOINT_OPTIONS, value, place);

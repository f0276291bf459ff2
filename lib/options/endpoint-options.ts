import { PrometheusConfigError } from '../prometheus.messages.js';
import { checkedBoolean, checkedCount, checkedNames } from './checks.js';

/** Limits of the metrics endpoint, on whichever path or server it is asked. */
export interface EndpointOptions {
  /**
   * Scrapes that are answered at the same time, over all paths and servers of the application.
   * Further ones get 503 with `Retry-After`.
   *
   * @default 5
   */
  maxRequestsInFlight?: number;
  /** Seconds in which the body of a scrape has to be ready; past them: 503. @default 5 */
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
  /** Largest body, before compression, in bytes; for a larger one: 500. @default 268435456 (256 MiB) */
  maxBodyBytes?: number;
  /** gzip for clients that accept it. @default true */
  compression?: boolean;
}

/** Option `endpoint`, checked and complete. */
export type EndpointLimits = Readonly<Required<EndpointOptions>>;

const KNOWN: ReadonlySet<string> = new Set<keyof EndpointOptions>([
  'maxRequestsInFlight',
  'timeoutSeconds',
  'collectTimeoutSeconds',
  'writeTimeoutSeconds',
  'maxBodyBytes',
  'compression',
]);

/** More is no limit, and timers cannot wait for much longer. */
const LONGEST_SECONDS = 86_400;

/**
 * Checks option `endpoint` and fills in its defaults.
 *
 * @throws PrometheusConfigError for a value that is no limit, and for a name that is not known
 */
export function resolveEndpointOptions(given: EndpointOptions = {}): EndpointLimits {
  checkedNames('endpoint', given, KNOWN);
  return Object.freeze<EndpointLimits>({
    maxRequestsInFlight: checkedCount('endpoint.maxRequestsInFlight', given.maxRequestsInFlight, 5),
    timeoutSeconds: checkedSeconds('endpoint.timeoutSeconds', given.timeoutSeconds, 5),
    collectTimeoutSeconds: checkedSeconds(
      'endpoint.collectTimeoutSeconds',
      given.collectTimeoutSeconds,
      1,
    ),
    writeTimeoutSeconds: checkedSeconds(
      'endpoint.writeTimeoutSeconds',
      given.writeTimeoutSeconds,
      10,
    ),
    maxBodyBytes: checkedCount('endpoint.maxBodyBytes', given.maxBodyBytes, 256 * 2 ** 20),
    compression: checkedBoolean('endpoint.compression', given.compression, true),
  });
}

function checkedSeconds(option: string, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (typeof value !== 'number' || !(value > 0) || value > LONGEST_SECONDS) {
    throw PrometheusConfigError.option(
      option,
      `a number of seconds above 0 and at most ${LONGEST_SECONDS}`,
      value,
    );
  }
  return value;
}

import { PrometheusConfigError } from '../core/errors.js';
import { checkedBoolean, checkedCount } from './checks.js';
import type { EndpointLimits, EndpointOptions } from './endpoint-options.js';
import { checkedNames, type NamesOf } from './known-names.js';

const NAMES: NamesOf<EndpointOptions> = {
  maxRequestsInFlight: true,
  timeoutSeconds: true,
  collectTimeoutSeconds: true,
  writeTimeoutSeconds: true,
  maxBodyBytes: true,
  compression: true,
};

/** More is no limit, and timers cannot wait for much longer. */
const LONGEST_SECONDS = 86_400;

/**
 * Checks option `endpoint` and fills in its defaults.
 *
 * @throws PrometheusConfigError for a value that is no limit, and for a name that is not known
 */
export function resolveEndpointOptions(given: EndpointOptions = {}): EndpointLimits {
  checkedNames('endpoint', given, NAMES);
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

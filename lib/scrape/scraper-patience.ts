/** How long the scraper waits for the answer to its request. */

/** Milliseconds before the end of its time at which a scraper is answered, if possible. */
const RESERVE = 500;

/** Milliseconds before the end of its time at which it is told that there will be no answer. */
const LAST_RESERVE = 250;

/** What the time of one scraper allows, in milliseconds; infinite when it does not say. */
export interface Patience {
  /** To ask what has to be asked: later answers are left out. */
  readonly toCollect: number;
  /** To have a body at all. */
  readonly inAll: number;
}

const UNKNOWN: Patience = { toCollect: Infinity, inAll: Infinity };

/**
 * Reads the header `X-Prometheus-Scrape-Timeout-Seconds`. What is no positive number is ignored.
 *
 * @example
 * patienceOf('10'); // { toCollect: 9500, inAll: 9750 }
 * patienceOf('soon'); // { toCollect: Infinity, inAll: Infinity }
 * @see https://github.com/prometheus/prometheus/blob/main/scrape/scrape.go
 */
export function patienceOf(header: string | readonly string[] | undefined): Patience {
  const milliseconds = Number(header ?? NaN) * 1000;
  if (!(milliseconds > 0)) return UNKNOWN;
  return {
    toCollect: Math.max(0, milliseconds - RESERVE),
    inAll: Math.max(milliseconds / 2, milliseconds - LAST_RESERVE),
  };
}

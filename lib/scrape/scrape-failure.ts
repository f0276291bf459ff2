/**
 * What went wrong while scrapes were answered, the values of the label `cause`:
 * - `in_flight`: refused, as many scrapes as allowed were being answered
 * - `timeout`: the body was not ready in time
 * - `collect_error`: a metric's `collect()` failed, its family was left out
 * - `collect_timeout`: a metric's `collect()` was not over in time, its family was left out
 * - `invalid_sample`: samples of a family could not be written and were left out
 * - `body_too_large`: the body was larger than allowed
 * - `write_timeout`: the response was not taken in time, the connection was cut
 * - `authorize`: the function that authorizes requests failed
 * - `unreadable`: files of other processes, whose counts would be missing, could not be read
 * - `internal`: anything else
 */
export const SCRAPE_CAUSES = [
  'in_flight',
  'timeout',
  'collect_error',
  'collect_timeout',
  'invalid_sample',
  'body_too_large',
  'write_timeout',
  'authorize',
  'unreadable',
  'internal',
] as const;

export type ScrapeCause = (typeof SCRAPE_CAUSES)[number];

/** Ends a scrape without a body. */
export class ScrapeFailure extends Error {
  override readonly name = 'ScrapeFailure';

  constructor(
    readonly failure: ScrapeCause,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Is told how the scrapes of an application go. */
export interface ScrapeObserver {
  /**
   * Something failed; the message is for the log, never for the client.
   *
   * @param subject what it happened to, a metric say, when there is more than one it can happen to
   */
  failed(cause: ScrapeCause, message: string, subject?: string): void;
  /** A scrape that was let in is over, answered or not. */
  ended(seconds: number): void;
}

/**
 * All metrics of the library's own, in one table that code, documents and dashboard read: names
 * without the prefix of option `defaultsPrefix`, types, label names and help texts.
 */

/** Stands for the label that option `groupBy` names. */
export const GROUP_LABEL = '<group>';

export interface CatalogueEntry {
  /** Follows the prefix. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly labels: readonly string[];
  readonly help: string;
}

/** Keeps the exact names and labels in the type. */
export function entry<const E extends CatalogueEntry>(made: E): E {
  return made;
}

export const CATALOGUE = {
  httpRequestDuration: entry({
    name: 'http_request_duration_seconds',
    type: 'histogram',
    labels: ['method', GROUP_LABEL, 'status'],
    help: 'Duration of HTTP requests in seconds, from arrival to the close of the response.',
  }),
  httpRequests: entry({
    name: 'http_request_total',
    type: 'counter',
    labels: ['method', 'status'],
    help: 'HTTP requests.',
  }),
  httpExceptions: entry({
    name: 'http_request_exceptions_total',
    type: 'counter',
    labels: ['method', 'status'],
    help: 'HTTP requests in which an exception other than an HttpException ended in a 5xx response.',
  }),
  httpInProgress: entry({
    name: 'http_requests_in_progress',
    type: 'gauge',
    labels: [],
    help: 'HTTP requests that have arrived and are not answered yet.',
  }),
  handlerDuration: entry({
    name: 'handler_duration_seconds',
    type: 'histogram',
    labels: ['kind', 'handler', 'outcome'],
    help: 'Duration in seconds of the calls of handlers that serve no HTTP request, until their result is complete.',
  }),
  handlersInProgress: entry({
    name: 'handlers_in_progress',
    type: 'gauge',
    labels: ['kind', 'handler'],
    help: 'Calls of handlers that serve no HTTP request and are under way.',
  }),
  handlerLastSuccess: entry({
    name: 'handler_last_success_timestamp_seconds',
    type: 'gauge',
    labels: ['kind', 'handler'],
    help: 'When a handler that nobody waits for last succeeded, in seconds since the epoch; 0 until then.',
  }),
  handlerNextRun: entry({
    name: 'handler_next_run_timestamp_seconds',
    type: 'gauge',
    labels: ['kind', 'handler'],
    help: 'When a scheduled handler runs next, in seconds since the epoch; 0 for one that does not run.',
  }),
  queueWait: entry({
    name: 'queue_wait_seconds',
    type: 'histogram',
    labels: ['handler'],
    help: 'Seconds from when a job of a queue could be taken until its first attempt began.',
  }),
  queueAttempts: entry({
    name: 'queue_attempts_total',
    type: 'counter',
    labels: ['handler', 'outcome'],
    help: 'Attempts at jobs of a queue, by how they ended: completed, retried or failed.',
  }),
  httpClientDuration: entry({
    name: 'http_client_request_duration_seconds',
    type: 'histogram',
    labels: ['method', 'host', 'status'],
    help: 'Duration of outgoing HTTP requests in seconds, until the response was complete or the request failed.',
  }),
  dbClientDuration: entry({
    name: 'db_client_operation_duration_seconds',
    type: 'histogram',
    labels: ['system', 'operation', 'outcome'],
    help: 'Duration of database operations in seconds.',
  }),
  exporterInfo: entry({
    name: 'exporter_info',
    type: 'gauge',
    labels: ['version'],
    help: 'The library that exports these metrics.',
  }),
  labelOverflow: entry({
    name: 'exporter_label_overflow_total',
    type: 'counter',
    labels: ['metric'],
    help: 'Recordings whose label values were replaced because a limit of the metric was reached.',
  }),
  labelErrors: entry({
    name: 'exporter_label_errors_total',
    type: 'counter',
    labels: ['metric'],
    help: 'Label functions that threw or gave no usable value, by metric.',
  }),
  scrapeErrors: entry({
    name: 'exporter_scrape_errors_total',
    type: 'counter',
    labels: ['cause'],
    help: 'Failures while scrapes were answered, by cause.',
  }),
  scrapeDuration: entry({
    name: 'exporter_scrape_duration_seconds',
    type: 'summary',
    labels: [],
    help: 'Seconds from the arrival of a scrape to the end of its response, of those that were not refused.',
  }),
  processes: entry({
    name: 'exporter_processes',
    type: 'gauge',
    labels: ['state'],
    help: 'Processes whose metrics are shown: live, stale (alive, but without a sign of life for seconds), and dead (ended; what they counted is kept).',
  }),
  multiprocessErrors: entry({
    name: 'exporter_multiprocess_errors_total',
    type: 'counter',
    labels: ['cause'],
    help: 'Files, metrics and actions that failed in the directory shared by processes, each once.',
  }),
  pushErrors: entry({
    name: 'exporter_push_errors_total',
    type: 'counter',
    labels: [],
    help: 'Pushes to the Pushgateway that failed.',
  }),
} as const;

/**
 * Name, help text and label names of a metric, as a definition of the series store takes them.
 *
 * @param prefix of option `defaultsPrefix`, with its `_`; `''` for none
 */
export function catalogued(
  { name, help, labels }: CatalogueEntry,
  prefix: string,
): { name: string; help: string; labelNames: string[] } {
  return { name: prefix + name, help, labelNames: [...labels] };
}

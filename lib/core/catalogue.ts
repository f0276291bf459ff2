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

function entry<const E extends CatalogueEntry>(made: E): E {
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
 * Metrics of the process and its runtime. They have the names that prom-client gave them, and the
 * prefix of option `processMetrics` alone.
 */
export const RUNTIME_CATALOGUE = {
  cpuUser: entry({
    name: 'process_cpu_user_seconds_total',
    type: 'counter',
    labels: [],
    help: 'CPU time that the process has spent in user code, in seconds.',
  }),
  cpuSystem: entry({
    name: 'process_cpu_system_seconds_total',
    type: 'counter',
    labels: [],
    help: 'CPU time that the process has spent in the system, in seconds.',
  }),
  cpu: entry({
    name: 'process_cpu_seconds_total',
    type: 'counter',
    labels: [],
    help: 'CPU time that the process has spent, in seconds.',
  }),
  startTime: entry({
    name: 'process_start_time_seconds',
    type: 'gauge',
    labels: [],
    help: 'When the process started, in seconds since the epoch.',
  }),
  readyTime: entry({
    name: 'process_ready_time_seconds',
    type: 'gauge',
    labels: [],
    help: 'Seconds from the start of the process until the application listened.',
  }),
  residentMemory: entry({
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    labels: [],
    help: 'Memory of the process that is held in RAM, in bytes.',
  }),
  virtualMemory: entry({
    name: 'process_virtual_memory_bytes',
    type: 'gauge',
    labels: [],
    help: 'Address space of the process, in bytes.',
  }),
  dataMemory: entry({
    name: 'process_heap_bytes',
    type: 'gauge',
    labels: [],
    help: 'Data segment of the process, in bytes.',
  }),
  memoryLimit: entry({
    name: 'process_memory_limit_bytes',
    type: 'gauge',
    labels: [],
    help: 'Memory that the container of the process may use, in bytes.',
  }),
  cpuLimit: entry({
    name: 'process_cpu_limit_cores',
    type: 'gauge',
    labels: [],
    help: 'CPU cores that the container of the process may use.',
  }),
  openDescriptors: entry({
    name: 'process_open_fds',
    type: 'gauge',
    labels: [],
    help: 'File descriptors that the process has open.',
  }),
  maxDescriptors: entry({
    name: 'process_max_fds',
    type: 'gauge',
    labels: [],
    help: 'File descriptors that the process may have open.',
  }),
  lag: entry({
    name: 'nodejs_eventloop_lag_seconds',
    type: 'gauge',
    labels: [],
    help: 'How late timers of the event loop were since the last scrape, on average, in seconds.',
  }),
  lagMin: entry({
    name: 'nodejs_eventloop_lag_min_seconds',
    type: 'gauge',
    labels: [],
    help: 'The least lag of the event loop since the last scrape, in seconds.',
  }),
  lagMax: entry({
    name: 'nodejs_eventloop_lag_max_seconds',
    type: 'gauge',
    labels: [],
    help: 'The greatest lag of the event loop since the last scrape, in seconds.',
  }),
  lagMean: entry({
    name: 'nodejs_eventloop_lag_mean_seconds',
    type: 'gauge',
    labels: [],
    help: 'The mean lag of the event loop since the last scrape, in seconds.',
  }),
  lagDeviation: entry({
    name: 'nodejs_eventloop_lag_stddev_seconds',
    type: 'gauge',
    labels: [],
    help: 'The standard deviation of the lag of the event loop since the last scrape, in seconds.',
  }),
  lagP50: entry({
    name: 'nodejs_eventloop_lag_p50_seconds',
    type: 'gauge',
    labels: [],
    help: 'The median lag of the event loop since the last scrape, in seconds.',
  }),
  lagP90: entry({
    name: 'nodejs_eventloop_lag_p90_seconds',
    type: 'gauge',
    labels: [],
    help: 'The 90th percentile of the lag of the event loop since the last scrape, in seconds.',
  }),
  lagP99: entry({
    name: 'nodejs_eventloop_lag_p99_seconds',
    type: 'gauge',
    labels: [],
    help: 'The 99th percentile of the lag of the event loop since the last scrape, in seconds.',
  }),
  loopTime: entry({
    name: 'nodejs_eventloop_time_seconds_total',
    type: 'counter',
    labels: ['state'],
    help: 'Time that the event loop has spent, active and idle, in seconds.',
  }),
  activeResources: entry({
    name: 'nodejs_active_resources',
    type: 'gauge',
    labels: ['type'],
    help: 'Resources that keep the event loop alive, by their type.',
  }),
  activeResourcesTotal: entry({
    name: 'nodejs_active_resources_total',
    type: 'gauge',
    labels: [],
    help: 'Resources that keep the event loop alive.',
  }),
  activeHandles: entry({
    name: 'nodejs_active_handles',
    type: 'gauge',
    labels: ['type'],
    help: 'Handles that are active, by their type.',
  }),
  activeHandlesTotal: entry({
    name: 'nodejs_active_handles_total',
    type: 'gauge',
    labels: [],
    help: 'Handles that are active.',
  }),
  activeRequests: entry({
    name: 'nodejs_active_requests',
    type: 'gauge',
    labels: ['type'],
    help: 'Requests to the system that are under way, by their type.',
  }),
  activeRequestsTotal: entry({
    name: 'nodejs_active_requests_total',
    type: 'gauge',
    labels: [],
    help: 'Requests to the system that are under way.',
  }),
  heapTotal: entry({
    name: 'nodejs_heap_size_total_bytes',
    type: 'gauge',
    labels: [],
    help: 'Size of the JavaScript heap, in bytes.',
  }),
  heapUsed: entry({
    name: 'nodejs_heap_size_used_bytes',
    type: 'gauge',
    labels: [],
    help: 'Bytes of the JavaScript heap that are in use.',
  }),
  heapLimit: entry({
    name: 'nodejs_heap_size_limit_bytes',
    type: 'gauge',
    labels: [],
    help: 'Size that the JavaScript heap may have at most, in bytes.',
  }),
  externalMemory: entry({
    name: 'nodejs_external_memory_bytes',
    type: 'gauge',
    labels: [],
    help: 'Memory outside the JavaScript heap that its objects hold, in bytes.',
  }),
  spaceTotal: entry({
    name: 'nodejs_heap_space_size_total_bytes',
    type: 'gauge',
    labels: ['space'],
    help: 'Size of the spaces of the JavaScript heap, in bytes.',
  }),
  spaceUsed: entry({
    name: 'nodejs_heap_space_size_used_bytes',
    type: 'gauge',
    labels: ['space'],
    help: 'Bytes of the spaces of the JavaScript heap that are in use.',
  }),
  spaceAvailable: entry({
    name: 'nodejs_heap_space_size_available_bytes',
    type: 'gauge',
    labels: ['space'],
    help: 'Bytes of the spaces of the JavaScript heap that are free.',
  }),
  version: entry({
    name: 'nodejs_version_info',
    type: 'gauge',
    labels: ['version', 'major', 'minor', 'patch'],
    help: 'The version of Node.js.',
  }),
  gcDuration: entry({
    name: 'nodejs_gc_duration_seconds',
    type: 'histogram',
    labels: ['kind'],
    help: 'Duration of garbage collections in seconds, by their kind: major, minor, incremental or weakcb.',
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

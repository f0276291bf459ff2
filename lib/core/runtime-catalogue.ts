import { entry } from './catalogue.js';

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

/** What `nestjs-prometheus-exporter/multiprocess` exports. */
export {
  markProcessDead,
  startMetricsServer,
  type StartMetricsServerOptions,
} from './multiprocess/standalone.js';
export type { MultiprocessOptions } from './options/multiprocess-options.js';
export type { RunningServer } from './scrape/metrics-server.js';

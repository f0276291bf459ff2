import cluster from 'node:cluster';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { described, errorText, PrometheusConfigError } from '../core/errors.js';
import { VERSION } from '../core/version.js';
import { clearInterval, setInterval } from '../core/timers.js';
import type { AnyMetric } from '../metrics/make-metric.js';
import { endpointOptions } from '../options/endpoint-options.js';
import {
  checkedSharedDirectory,
  directoryOf,
  MULTIPROCESS_VARIABLE,
  type MultiprocessOptions,
} from '../options/multiprocess-options.js';
import { optionPlace } from '../options/place.js';
import { STARTED_SERVER_OPTIONS, type MetricsServerOptions } from '../options/server-options.js';
import { resolveTable, type OptionTable } from '../options/table.js';
import { MetricsResponder } from '../scrape/metrics-responder.js';
import { MetricsServer, type RunningServer } from '../scrape/metrics-server.js';
import { ScrapeMetrics } from '../scrape/scrape-metrics.js';
import { ScrapeService } from '../scrape/scrape-service.js';
import type { Snapshot } from './files/family-definition.js';
import { Ledger } from './files/ledger.js';
import { MultiprocessSource } from './multiprocess-source.js';
import { OwnRecorder } from './own-recorder.js';
import { troubleCounter, Troubles, withCauses } from './troubles.js';

/** Options of `startMetricsServer()`. */
export interface StartMetricsServerOptions
  extends Omit<MetricsServerOptions, 'when' | 'lingerSeconds'>, MultiprocessOptions {}

const START_OPTIONS = {
  ...STARTED_SERVER_OPTIONS,
  directory: (value: unknown) => value,
} satisfies OptionTable<StartMetricsServerOptions>;

/**
 * Serves the metrics of all processes that share a directory, from a process that is none of them
 * and needs no Nest application: the primary of a cluster, or a process of its own. It keeps the
 * process alive until it is closed.
 *
 * Without a directory, neither given nor in the environment, a fresh one is made in the system's
 * directory for temporary files, which the processes that are started after this call find in their
 * environment (`PROMETHEUS_MULTIPROC_DIR`). It is removed with the server.
 *
 * @throws PrometheusConfigError when the directory does not exist or cannot be written to, or the
 *   port cannot be listened on
 * @example
 * if (cluster.isPrimary) {
 *   await startMetricsServer({ port: 9464 });
 *   for (let i = 0; i < availableParallelism(); i++) cluster.fork();
 * }
 */
export async function startMetricsServer(
  options: StartMetricsServerOptions,
): Promise<RunningServer> {
  const { directory: given, ...server } = resolveTable(
    START_OPTIONS,
    options,
    optionPlace('startMetricsServer'),
  );
  const isNamed = given !== undefined || process.env[MULTIPROCESS_VARIABLE] !== undefined;
  const own = isNamed || cluster.isWorker ? undefined : createPrivateDirectory();
  try {
    const directory = checkedSharedDirectory('startMetricsServer', given ?? own?.path);
    const { responder, source } = partsFor(directory);
    const running = await MetricsServer.start(server, responder, LOG);
    // The server itself keeps no process alive.
    const keepAlive = setInterval(() => undefined, 2 ** 30);
    return {
      port: running.port,
      close: async () => {
        clearInterval(keepAlive);
        await running.close();
        await source.idle();
        own?.remove();
      },
    };
  } catch (error) {
    own?.remove();
    throw error;
  }
}

/**
 * Says that a process of this machine and this container has ended: its gauges of living processes
 * are shown no more, and what it counted is put together with what others left, now and not at the
 * next scrape. Only needed where the system cannot tell (no `/proc`); elsewhere, processes that have
 * ended are found. Other processes are left alone, and so is this one when it can be seen to be
 * alive.
 *
 * @param options.directory as in `multiprocess`. @default `PROMETHEUS_MULTIPROC_DIR`
 * @throws PrometheusConfigError when the directory does not exist
 * @example
 * cluster.on('exit', (worker) => markProcessDead(worker.process.pid));
 */
export function markProcessDead(pid: number | undefined, options: MultiprocessOptions = {}): void {
  if (!Number.isInteger(pid)) {
    throw new PrometheusConfigError(
      `markProcessDead: expected the id of a process, got ${described(pid)}`,
    );
  }
  const directory = directoryOf('markProcessDead', options, optionPlace('markProcessDead'));
  const troubles = new Troubles(() => undefined, LOG.warn);
  void new MultiprocessSource({ directory, troubles }).tidy(pid);
}

const LOG = {
  log: (): void => undefined,
  warn: (message: string): void => console.warn(`[nestjs-prometheus-exporter] ${message}`),
};

function partsFor(directory: string): {
  responder: MetricsResponder;
  source: MultiprocessSource;
} {
  const metrics: AnyMetric[] = [];
  const own = {
    use: <M extends AnyMetric>(metric: M): M => {
      metrics.push(metric);
      return metric;
    },
  };
  const counter = withCauses(own.use(troubleCounter('')));
  const troubles = new Troubles((cause) => counter.labels([cause]).inc(), LOG.warn);
  const observer = new ScrapeMetrics(own, '', LOG.warn);
  const extra = (prefix: string): Snapshot => snapshotOf(metrics, prefix);
  const limits = endpointOptions(undefined, optionPlace('endpoint'));
  const source = new MultiprocessSource({ directory, extra, troubles });
  const scrapes = new ScrapeService(source, limits, observer);
  return { responder: new MetricsResponder(scrapes, limits, observer), source };
}

/** The values of metrics that no process has written to a file, with a prefix before their names. */
function snapshotOf(metrics: readonly AnyMetric[], prefix: string): Snapshot {
  const startedAt = Date.now();
  const ledger = new Ledger({ process: { pid: '', startedAt, version: VERSION, prefix } });
  const steps = new OwnRecorder(ledger, []).record(metrics);
  while (steps.next().done !== true);
  const families = ledger.families.map((family) => {
    const { definition } = family;
    return { ...family, definition: { ...definition, name: prefix + definition.name } };
  });
  return { families, values: ledger.values };
}

/** A directory of this process and those that it starts, named by their environment. */
interface PrivateDirectory {
  readonly path: string;
  /** Removes it. Also done when the process exits. */
  remove(): void;
}

/** Makes a directory that only this user can read, and names it in the environment. */
function createPrivateDirectory(): PrivateDirectory {
  const path = freshDirectory();
  process.env[MULTIPROCESS_VARIABLE] = path;
  const remove = (): void => {
    process.removeListener('exit', remove);
    if (process.env[MULTIPROCESS_VARIABLE] === path) delete process.env[MULTIPROCESS_VARIABLE];
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 2 });
    } catch {
      // A process that has not ended yet has written again; what it leaves is the system's to remove.
    }
  };
  process.on('exit', remove);
  return { path, remove };
}

function freshDirectory(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'nestjs-prometheus-exporter-'));
  } catch (error) {
    throw new PrometheusConfigError(
      `startMetricsServer: expected a directory for temporary files that can be written to, got ${described(tmpdir())} (${errorText(error)}). Where the disk is read-only, mount a writable volume (in Kubernetes an \`emptyDir\`) and name it by the option \`directory\` or in ${MULTIPROCESS_VARIABLE}`,
      { cause: error },
    );
  }
}

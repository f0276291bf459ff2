import { CATALOGUE, catalogued, type CatalogueEntry } from '../core/catalogue.js';
import type { Part } from '../core/part.js';
import { keptOn, Shared } from '../core/shared.js';
import type { HistogramMetric } from '../metrics/histogram.js';
import { makeMetric } from '../metrics/make-metric.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import { CallTimer } from './call-timer.js';
import { watchDatabaseCalls } from './database-calls.js';
import { watchNodeRequests } from './node-requests.js';
import { Subscriptions } from './subscriptions.js';
import { watchUndiciRequests } from './undici-requests.js';

/** Upper bounds of the duration of database operations, in seconds. */
const DATABASE_BUCKETS: readonly number[] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

type Watch = (timer: CallTimer, subscriptions: Subscriptions) => void;

type OutgoingOptions = Pick<ResolvedOptions, 'outgoing' | 'defaultMetrics' | 'maxSeries'>;

/**
 * Measures what the application waits for: HTTP requests that it sends, and calls to databases.
 *
 * Nothing is patched. Node and the clients tell of them on diagnostics channels, which belong to the
 * whole process: applications with registries of their own each count all of them, and those on one
 * registry count them once.
 */
export class OutgoingCalls implements Part {
  readonly #watched: (readonly [metric: HistogramMetric, watch: Watch])[] = [];
  #releases: (() => void)[] = [];

  constructor(
    private readonly metrics: OwnMetrics,
    private readonly exporter: ExporterMetrics,
    private readonly options: OutgoingOptions,
  ) {
    const { outgoing, defaultMetrics } = options;
    if (outgoing?.http === true) {
      const { buckets } = defaultMetrics;
      this.#add(CATALOGUE.httpClientDuration, buckets, (timer, subscriptions) => {
        watchNodeRequests(timer, subscriptions);
        watchUndiciRequests(timer, subscriptions);
      });
    }
    if (outgoing?.databases === true) {
      this.#add(CATALOGUE.dbClientDuration, DATABASE_BUCKETS, watchDatabaseCalls);
    }
  }

  /** Before the application is started, whose parts may wait for others as they begin. */
  install(): void {
    this.start();
  }

  start(): void {
    if (this.#releases.length > 0) return;
    for (const [metric, watch] of this.#watched)
      this.#releases.push(watcherOf(metric, watch).take());
  }

  stop(): void {
    for (const release of this.#releases.splice(0)) release();
  }

  #add(entry: CatalogueEntry, buckets: readonly number[], watch: Watch): void {
    const { defaultMetrics, maxSeries } = this.options;
    const definition = { ...catalogued(entry, defaultMetrics.prefix), maxSeries, buckets };
    const metric = this.metrics.use(makeMetric('histogram', definition), 'option `outgoing`');
    metric.onOverflow = this.exporter.countOverflow;
    this.#watched.push([metric, watch]);
  }
}

/** What listens for a metric, with the first application that has it, until the last has gone. */
class Watcher {
  readonly #subscriptions = new Subscriptions();
  #isListening = false;

  constructor(
    private readonly metric: HistogramMetric,
    private readonly watch: Watch,
  ) {}

  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.watch(new CallTimer(this.metric), this.#subscriptions);
  }

  end(): void {
    this.#isListening = false;
    this.#subscriptions.end();
  }
}

function watcherOf(metric: HistogramMetric, watch: Watch): { take(): () => void } {
  const shared = keptOn(
    metric,
    'watcher',
    () => new Shared(new Watcher(metric, watch), (watcher) => watcher.end()),
  );
  return {
    take: () => {
      shared.value.listen();
      return shared.take();
    },
  };
}

import { performance } from 'node:perf_hooks';
import { CATALOGUE, catalogued, type CatalogueEntry } from '../core/catalogue.js';
import type { GaugeMetric, GaugeSeries } from '../metrics/gauge.js';
import type { HistogramMetric, HistogramSeries } from '../metrics/histogram.js';
import { makeMetric } from '../metrics/make-metric.js';
import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import type { Kind } from './kinds.js';
import { followResult, type ResultObserver } from './result.js';

const PLACE = 'option `handlers`';

export interface HandlerMetricsOptions {
  /** Of option `defaultsPrefix`, with its `_`. */
  readonly prefix: string;
  readonly buckets: readonly number[];
  readonly maxSeries: number;
}

/** The default metrics of handlers that serve no HTTP request; made when there is such a handler. */
export class HandlerMetrics {
  constructor(
    private readonly registry: OwnMetrics,
    private readonly exporter: ExporterMetrics,
    private readonly options: HandlerMetricsOptions,
  ) {}

  /** @throws PrometheusConfigError for a name that is taken */
  of(kind: Kind, handler: string): HandlerSeries {
    const labels = [kind.name, handler];
    const duration = this.histogram(CATALOGUE.handlerDuration);
    const inProgress = this.gauge(CATALOGUE.handlersInProgress, 'livesum').labels(labels);
    const lastSuccess = kind.isUnattended
      ? this.gauge(CATALOGUE.handlerLastSuccess, 'max').labels(labels)
      : undefined;
    return new HandlerSeries(duration, labels, inProgress, lastSuccess);
  }

  histogram(entry: CatalogueEntry): HistogramMetric {
    const { prefix, buckets, maxSeries } = this.options;
    const definition = { ...catalogued(entry, prefix), buckets, maxSeries };
    return this.#use(makeMetric('histogram', definition));
  }

  gauge(entry: CatalogueEntry, multiprocessMode: MultiprocessMode): GaugeMetric {
    const { prefix, maxSeries } = this.options;
    const definition = { ...catalogued(entry, prefix), maxSeries, multiprocessMode };
    return this.#use(makeMetric('gauge', { ...definition, survivesReset: true }));
  }

  #use<M extends GaugeMetric | HistogramMetric>(metric: M): M {
    const used = this.registry.use(metric, PLACE);
    used.onOverflow = this.exporter.countOverflow;
    return used;
  }
}

/** What is recorded for the calls of one handler. */
export class HandlerSeries {
  readonly #success: () => HistogramSeries;
  readonly #error: () => HistogramSeries;

  constructor(
    duration: HistogramMetric,
    labels: readonly string[],
    private readonly inProgress: GaugeSeries,
    private readonly lastSuccess: GaugeSeries | undefined,
  ) {
    const series = (outcome: string): (() => HistogramSeries) => {
      let made: HistogramSeries | undefined;
      return () => (made ??= duration.labels([...labels, outcome]));
    };
    this.#success = series('success');
    this.#error = series('error');
    // The first failure of what runs once a day has to show as an increase.
    if (lastSuccess !== undefined) for (const make of [this.#success, this.#error]) make();
  }

  /** Gives what the end of the call is told: a moment, in milliseconds. */
  begin(): number {
    this.inProgress.add(1);
    return performance.now();
  }

  end(begunAt: number, hasFailed: boolean): void {
    const seconds = Math.max(0, performance.now() - begunAt) / 1000;
    this.inProgress.add(-1);
    (hasFailed ? this.#error() : this.#success()).observe(seconds);
    if (!hasFailed) this.lastSuccess?.set(Date.now() / 1000);
  }

  /** Records a call that has begun, from what it has returned. */
  follow(begunAt: number, value: unknown): void {
    followResult(value, new HandlerCall(this, begunAt), true);
  }

  /** Calls the handler and records the call. Throws what it throws, returns what it returns. */
  call<T>(handler: () => T): T {
    const begunAt = this.begin();
    let value: T;
    try {
      value = handler();
    } catch (error) {
      this.end(begunAt, true);
      throw error;
    }
    this.follow(begunAt, value);
    return value;
  }
}

/** A call whose result is still to come. */
class HandlerCall implements ResultObserver {
  #hasFailed = false;
  #isOver = false;

  constructor(
    private readonly series: HandlerSeries,
    private readonly begunAt: number,
  ) {}

  next(): void {}

  error(): void {
    this.#hasFailed = true;
  }

  finalize(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.series.end(this.begunAt, this.#hasFailed);
  }
}

import { performance } from 'node:perf_hooks';
import { CATALOGUE, catalogued, type CatalogueEntry } from '../core/catalogue.js';
import type { CounterMetric } from '../metrics/counter.js';
import type { GaugeMetric, GaugeSeries } from '../metrics/gauge.js';
import type { HistogramMetric, HistogramSeries } from '../metrics/histogram.js';
import { makeMetric } from '../metrics/make-metric.js';
import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
import type { Collector } from '../registry/collector-calls.js';
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

  gauge(
    entry: CatalogueEntry,
    multiprocessMode: MultiprocessMode,
    collector?: Collector,
  ): GaugeMetric {
    const { prefix, maxSeries } = this.options;
    const definition = { ...catalogued(entry, prefix), maxSeries, multiprocessMode };
    return this.#use(makeMetric('gauge', { ...definition, survivesReset: true }), collector);
  }

  counter(entry: CatalogueEntry): CounterMetric {
    const { prefix, maxSeries } = this.options;
    return this.#use(makeMetric('counter', { ...catalogued(entry, prefix), maxSeries }));
  }

  /** A gauge that is brought up to date before it is read. */
  collectedGauge(entry: CatalogueEntry, collect: (gauge: GaugeMetric) => void): GaugeMetric {
    const gauge = this.gauge(entry, 'livemax', { collect: () => collect(gauge) });
    return gauge;
  }

  #use<M extends CounterMetric | GaugeMetric | HistogramMetric>(
    metric: M,
    collector?: Collector,
  ): M {
    const used = this.registry.use(metric, PLACE, collector);
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

  /** @param hasFailed whether what was thrown is a failure */
  end(begunAt: number, hasThrown: boolean, hasFailed = hasThrown): void {
    const seconds = Math.max(0, performance.now() - begunAt) / 1000;
    this.inProgress.add(-1);
    (hasFailed ? this.#error() : this.#success()).observe(seconds);
    if (!hasThrown) this.lastSuccess?.set(Date.now() / 1000);
  }

  /** Records a call that has begun, from what it has returned. */
  follow(begunAt: number, value: unknown, judge?: Judge): void {
    followResult(value, new HandlerCall(this, begunAt, judge), true);
  }

  /** Calls the handler and records the call. Throws what it throws, returns what it returns. */
  call(handler: () => unknown, judge?: Judge): unknown {
    const begunAt = this.begin();
    let value: unknown;
    try {
      value = handler();
    } catch (error) {
      const thrown = { error };
      this.end(begunAt, true, judge === undefined || judge(thrown));
      throw error;
    }
    this.follow(begunAt, value, judge);
    return value;
  }
}

/**
 * Told once how a call has ended.
 *
 * @returns whether it has failed
 */
export type Judge = (thrown: { readonly error: unknown } | undefined) => boolean;

/** A call whose result is still to come. */
class HandlerCall implements ResultObserver {
  #thrown: { readonly error: unknown } | undefined;
  #isOver = false;

  constructor(
    private readonly series: HandlerSeries,
    private readonly begunAt: number,
    private readonly judge: Judge | undefined,
  ) {}

  next(): void {}

  error(error: unknown): void {
    this.#thrown = { error };
  }

  finalize(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const hasThrown = this.#thrown !== undefined;
    this.series.end(this.begunAt, hasThrown, this.judge?.(this.#thrown) ?? hasThrown);
  }
}

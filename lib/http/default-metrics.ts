import { CounterMetric, type CounterSeries } from '../metrics/counter.js';
import { HistogramMetric } from '../metrics/histogram.js';
import { SummaryMetric } from '../metrics/summary.js';
import type { Labels } from '../options/metric-context.js';
import type { PathTest } from '../options/excluded-paths.js';
import type { DefaultMetricsOptions } from '../options/default-metrics-options.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';
import { LabelEvaluator } from '../calls/label-evaluator.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import type { Exchange } from './exchange.js';
import { groupResolver, type GroupResolver, type HandlerLocator } from './group-resolver.js';
import { methodLabel } from './method-label.js';
import { PathLimiter } from './path-limiter.js';
import type { HttpPlatform } from './platform.js';

/** What is recorded for one method and status, with the label values worked out. */
interface Outcome {
  readonly total: CounterSeries;
  /** The slots of the duration series by group; stays current. */
  durations: ReadonlyMap<string, number> | undefined;
}

export interface DefaultMetricsParts {
  readonly registry: OwnMetrics;
  readonly exporter: ExporterMetrics;
  readonly platform: HttpPlatform;
  readonly defaultLabels: Labels;
  readonly maxSeries: number;
  readonly isExcluded: PathTest | undefined;
  readonly isEndpoint: (exchange: Exchange) => boolean;
  readonly locate: HandlerLocator;
  /** Tells requests to handlers that are left out, if there can be any. */
  readonly isOptedOut: ((exchange: Exchange) => boolean) | undefined;
}

/** Duration, number and exceptions of HTTP requests. */
export class DefaultMetrics {
  readonly #parts: DefaultMetricsParts;
  readonly #group: GroupResolver;
  readonly #duration: HistogramMetric | SummaryMetric;
  readonly #total: CounterMetric;
  readonly #exceptions: CounterMetric;
  readonly #labels: LabelEvaluator;
  readonly #outcomes = new Map<string, Map<number, Outcome>>();
  /** A known path, method and status need no further look: see `record`. */
  readonly #knownPathsSuffice: boolean;

  constructor(parts: DefaultMetricsParts, options: DefaultMetricsOptions) {
    this.#parts = parts;
    const { registry, exporter, defaultLabels, maxSeries, platform } = parts;
    const extra = Object.keys(defaultLabels);
    const limiter = new PathLimiter(() => exporter.countOverflow(this.#duration));
    this.#group = groupResolver(options.groupBy, platform, limiter, parts.locate);
    this.#labels = new LabelEvaluator(defaultLabels, exporter);
    this.#knownPathsSuffice =
      this.#group.isPath && this.#labels.fixed !== undefined && parts.isOptedOut === undefined;
    const { labelName } = this.#group;
    const { prefix } = options;

    const duration = {
      name: `${prefix}http_request_duration_seconds`,
      help: 'Duration of HTTP requests in seconds, from arrival to the close of the response.',
      labelNames: ['method', labelName, 'status', ...extra],
      lookupOrder: [...extra, 'method', 'status', labelName],
      maxSeries,
    };
    this.#duration = registry.use<HistogramMetric | SummaryMetric>(
      options.latencyAsHistogram
        ? new HistogramMetric({ ...duration, buckets: options.buckets })
        : new SummaryMetric(duration),
    );
    const labelNames = ['method', 'status', ...extra];
    this.#total = registry.use(
      new CounterMetric({
        name: `${prefix}http_request_total`,
        help: 'HTTP requests.',
        labelNames,
        maxSeries,
      }),
    );
    this.#exceptions = registry.use(
      new CounterMetric({
        name: `${prefix}http_request_exceptions_total`,
        help: 'HTTP requests in which an exception other than an HttpException ended in a 5xx response.',
        labelNames,
        maxSeries,
      }),
    );
    for (const metric of [this.#duration, this.#total, this.#exceptions]) {
      metric.onOverflow = exporter.countOverflow;
    }
  }

  /**
   * Records a request that is over.
   *
   * Grouped by path, a path that was recorded before with the same method and status is neither
   * excluded nor that of the metrics endpoint, so three look-ups are all that such a request takes.
   */
  readonly record = (exchange: Exchange): void => {
    const method = methodLabel(exchange.method);
    const outcome = this.#outcomes.get(method)?.get(exchange.status);
    if (outcome !== undefined && this.#knownPathsSuffice) {
      const slot = outcome.durations?.get(exchange.path);
      if (slot !== undefined) {
        this.#duration.observeAt(slot, exchange.seconds);
        outcome.total.inc();
        if (exchange.threw) this.#recordException(exchange, outcome.total.labelValues);
        return;
      }
    }
    this.#recordAny(exchange, method, outcome);
  };

  /** Records what a handler threw when its request was recorded already. */
  readonly recordThrownLate = (exchange: Exchange): void => {
    if (this.#isLeftOut(exchange)) return;
    const extra = this.#labels.fixed ?? this.#labels.evaluate(this.#exceptions, exchange.context());
    const method = methodLabel(exchange.method);
    this.#recordException(exchange, [method, String(exchange.status), ...extra]);
  };

  #isLeftOut(exchange: Exchange): boolean {
    const { isEndpoint, isOptedOut, isExcluded } = this.#parts;
    return (
      isExcluded?.(exchange.path) === true ||
      isOptedOut?.(exchange) === true ||
      isEndpoint(exchange)
    );
  }

  #recordAny(exchange: Exchange, method: string, known: Outcome | undefined): void {
    if (this.#isLeftOut(exchange)) return;
    const status = String(exchange.status);
    const { fixed } = this.#labels;
    const extra = fixed ?? this.#labels.evaluate(this.#duration, exchange.context());
    const labels = [method, this.#group.valueOf(exchange), status, ...extra];
    this.#duration.observeAt(this.#duration.slot(labels), exchange.seconds);
    if (fixed === undefined) {
      this.#total.incAt(this.#total.slot([method, status, ...extra]));
    } else {
      const outcome =
        known ?? this.#addOutcome(exchange.status, method, [method, status, ...extra]);
      outcome.total.inc();
      outcome.durations ??= this.#duration.siblings(labels);
    }
    if (exchange.threw) this.#recordException(exchange, [method, status, ...extra]);
  }

  #addOutcome(status: number, method: string, labels: readonly string[]): Outcome {
    let byStatus = this.#outcomes.get(method);
    if (byStatus === undefined) {
      byStatus = new Map();
      this.#outcomes.set(method, byStatus);
    }
    const outcome: Outcome = { total: this.#total.labels(labels), durations: undefined };
    byStatus.set(status, outcome);
    return outcome;
  }

  #recordException(exchange: Exchange, labels: readonly string[]): void {
    if (exchange.status >= 500 || exchange.threwAfterHeaders) this.#exceptions.labels(labels).inc();
  }
}

import type { ExemplarSource } from '../calls/exemplar-source.js';
import { LabelEvaluator } from '../calls/label-evaluator.js';
import { CATALOGUE, catalogued, GROUP_LABEL } from '../core/catalogue.js';
import { VERSION } from '../core/version.js';
import { CounterMetric, type CounterSeries } from '../metrics/counter.js';
import { GaugeMetric, type GaugeSeries } from '../metrics/gauge.js';
import { HistogramMetric } from '../metrics/histogram.js';
import { SummaryMetric } from '../metrics/summary.js';
import type { DefaultMetricsOptions } from '../options/default-metrics-options.js';
import type { NativeHistogramSettings } from '../options/native-histogram-options.js';
import type { Labels } from '../options/metric-context.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import type { Exchange } from './exchange.js';
import { groupResolver, type GroupResolver, type HandlerLocator } from './group-resolver.js';
import { methodLabel } from './method-label.js';
import { PathLimiter } from './path-limiter.js';
import type { HttpPlatform } from './platform.js';
import type { ExchangeRecorder } from './request-tracker.js';

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
  readonly locate: HandlerLocator;
  /** Whether method and path of a request tell that it is left out. */
  readonly isLeftOutEarly: (exchange: Exchange) => boolean;
  /** Whether its route tells that, or its handler does. */
  readonly isLeftOut: (exchange: Exchange) => boolean;
  /** Whether there are handlers that are left out, whose paths may be those of others. */
  readonly hasOptOuts: boolean;
  readonly nativeHistograms: NativeHistogramSettings | undefined;
  /** Asked when a request arrives. @default no exemplars */
  readonly exemplars: ExemplarSource | undefined;
}

/** Duration, number and exceptions of HTTP requests, and how many are in progress. */
export class DefaultMetrics implements ExchangeRecorder {
  readonly #parts: DefaultMetricsParts;
  readonly #group: GroupResolver;
  readonly #duration: HistogramMetric | SummaryMetric;
  readonly #total: CounterMetric;
  readonly #exceptions: CounterMetric;
  readonly #inProgress: GaugeSeries;
  readonly #labels: LabelEvaluator;
  readonly #outcomes = new Map<string, Map<number, Outcome>>();
  // Of the request before: the next one mostly has the same method and status.
  #lastMethod: string | undefined;
  #lastStatus = 0;
  #lastOutcome: Outcome | undefined;
  /** A known path, method and status need no further look: see `end`. */
  readonly #knownPathsSuffice: boolean;

  constructor(parts: DefaultMetricsParts, options: DefaultMetricsOptions) {
    this.#parts = parts;
    const { registry, exporter, defaultLabels, maxSeries, platform } = parts;
    const extra = Object.keys(defaultLabels);
    const limiter = new PathLimiter((limit) => exporter.countOverflow(this.#duration, limit));
    this.#group = groupResolver(options.groupBy, platform, limiter, parts.locate);
    this.#labels = new LabelEvaluator(defaultLabels, exporter);
    this.#knownPathsSuffice =
      this.#group.isPath && this.#labels.fixed !== undefined && !parts.hasOptOuts;
    const { prefix } = options;
    const define = (entry: Parameters<typeof catalogued>[0]) => {
      const { labelNames, ...rest } = catalogued(entry, prefix);
      const named = labelNames.map((name) => (name === GROUP_LABEL ? this.#group.labelName : name));
      return { ...rest, labelNames: [...named, ...extra], maxSeries };
    };
    const duration = {
      ...define(CATALOGUE.httpRequestDuration),
      lookupOrder: [...extra, 'method', 'status', this.#group.labelName],
    };
    this.#duration = registry.use<HistogramMetric | SummaryMetric>(
      options.latencyAsHistogram
        ? new HistogramMetric({
            ...duration,
            buckets: options.buckets,
            native: parts.nativeHistograms,
          })
        : new SummaryMetric(duration),
    );
    this.#total = registry.use(new CounterMetric(define(CATALOGUE.httpRequests)));
    this.#exceptions = registry.use(new CounterMetric(define(CATALOGUE.httpExceptions)));
    for (const metric of [this.#duration, this.#total, this.#exceptions]) {
      metric.onOverflow = exporter.countOverflow;
    }
    this.#inProgress = inProgressGauge(registry, prefix);
  }

  /** Whether code of the application is called for the labels of a request that is over. */
  get hasLabelFunctions(): boolean {
    return this.#labels.fixed === undefined || this.#group.isFunction;
  }

  begin(exchange: Exchange): void {
    const { isLeftOutEarly, exemplars } = this.#parts;
    if (exchange.isLeftOut(isLeftOutEarly)) return;
    this.#inProgress.add(1);
    if (exemplars !== undefined) exchange.noteExemplar(exemplars());
  }

  leaveOut(): void {
    this.#inProgress.add(-1);
  }

  /**
   * Records a request that is over.
   *
   * Grouped by path, a path that was recorded before with the same method and status is neither
   * excluded nor that of the metrics endpoint, so a few look-ups are all that such a request takes:
   * one, where method and status are those of the request before.
   */
  end(exchange: Exchange, hasBegun: boolean): void {
    if (exchange.isLeftOut(this.#parts.isLeftOutEarly)) return;
    if (hasBegun) this.#inProgress.add(-1);
    const outcome = this.#outcomeOf(exchange);
    if (outcome !== undefined && this.#knownPathsSuffice) {
      const slot = outcome.durations?.get(exchange.path);
      if (slot !== undefined) {
        this.#duration.observeAt(slot, exchange.seconds, exchange.exemplar);
        outcome.total.inc(1, exchange.exemplar);
        if (exchange.threw) this.#recordException(exchange, outcome.total.labelValues);
        return;
      }
    }
    if (this.#parts.isLeftOut(exchange)) return;
    this.#recordAny(exchange, methodLabel(exchange.method), outcome);
  }

  /** Records what a handler threw when its request was recorded already. */
  threwLate(exchange: Exchange): void {
    const { isLeftOutEarly, isLeftOut } = this.#parts;
    if (exchange.isLeftOut(isLeftOutEarly) || isLeftOut(exchange)) return;
    const extra = this.#labels.fixed ?? this.#labels.evaluate(this.#exceptions, exchange.context());
    const method = methodLabel(exchange.method);
    this.#recordException(exchange, [method, String(exchange.status), ...extra]);
  }

  #outcomeOf({ method, status }: Exchange): Outcome | undefined {
    if (method === this.#lastMethod && status === this.#lastStatus) return this.#lastOutcome;
    const outcome = this.#outcomes.get(methodLabel(method))?.get(status);
    if (outcome === undefined) return undefined;
    this.#lastMethod = method;
    this.#lastStatus = status;
    this.#lastOutcome = outcome;
    return outcome;
  }

  #recordAny(exchange: Exchange, method: string, known: Outcome | undefined): void {
    const status = String(exchange.status);
    const { fixed } = this.#labels;
    const extra = fixed ?? this.#labels.evaluate(this.#duration, exchange.context());
    const labels = [method, this.#group.valueOf(exchange), status, ...extra];
    const { seconds, exemplar } = exchange;
    this.#duration.observeAt(this.#duration.slot(labels), seconds, exemplar);
    if (fixed === undefined) {
      this.#total.incAt(this.#total.slot([method, status, ...extra]), 1, exemplar);
    } else {
      const outcome =
        known ?? this.#addOutcome(exchange.status, method, [method, status, ...extra]);
      outcome.total.inc(1, exemplar);
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

/** The requests in progress, all in one series. */
function inProgressGauge(registry: OwnMetrics, prefix: string): GaugeSeries {
  const definition = catalogued(CATALOGUE.httpInProgress, prefix);
  const multiprocessMode = 'livesum';
  return registry
    .use(new GaugeMetric({ ...definition, multiprocessMode, survivesReset: true }))
    .labels([]);
}

/** Says which version of the library exports these metrics. */
export function registerInfo(registry: OwnMetrics, prefix: string): void {
  const definition = catalogued(CATALOGUE.exporterInfo, prefix);
  registry
    .use(new GaugeMetric({ ...definition, multiprocessMode: 'max', survivesReset: true }))
    .labels([VERSION])
    .set(1);
}

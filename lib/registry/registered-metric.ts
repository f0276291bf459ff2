import { brand, isMarked } from '../core/brands.js';
import { VERSION } from '../core/version.js';
import { canonicalNumber } from '../exposition/number-text.js';
import type { GaugeMetric } from '../metrics/gauge.js';
import type { HistogramMetric } from '../metrics/histogram.js';
import { BUCKETS } from '../metrics/layout.js';
import type { AnyMetric } from '../metrics/make-metric.js';
import { sampleNamesOf } from '../metrics/names.js';
import type { Collector } from './collector-calls.js';
import type { SummaryMetric } from '../metrics/summary.js';

/** A series of a counter or a gauge. */
interface SingleValue {
  readonly labelNames: readonly string[];
  readonly labelValues: readonly string[];
  readonly value: number;
}

/** One sample as prom-client's metrics give it. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string | undefined;
  /** Labels that all samples of a label set have. */
  readonly sharedLabels?: Readonly<Record<string, string>>;
  readonly exemplar?: object | null;
}

/** What `get()` of a prom-client metric resolves to. */
export interface MetricObject {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly values: readonly MetricSample[];
}

/** Marks a metric of ours, whichever copy of the library made it. */
const REGISTERED = brand('registered-metric');

/** The version that made a metric; the same key in all versions. */
const MADE_BY = Symbol.for('nestjs-prometheus-exporter:made-by');

/**
 * One of our metrics in the form in which a prom-client `Registry` holds metrics, so that
 * `registry.metrics()`, `getMetricsAsJSON()`, `Registry.merge` and the Pushgateway see it.
 */
export class RegisteredMetric<M extends AnyMetric = AnyMetric> {
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly labelNames: readonly string[];

  static {
    Object.defineProperties(this.prototype, {
      [REGISTERED]: { value: true },
      [MADE_BY]: { value: VERSION },
    });
  }

  /** Whether a metric on a registry is one of ours, made by any copy of this version. */
  static is(metric: unknown): metric is RegisteredMetric {
    return isMarked(metric, REGISTERED);
  }

  /** The version of this library that made a metric on a registry, if one did. */
  static versionOf(metric: unknown): string | undefined {
    return (metric as { [MADE_BY]?: string })[MADE_BY];
  }

  /** Whether it belongs to those who declare it in the same way: series of it may be removed. */
  get isInjected(): boolean {
    return false;
  }

  /** Has to be called before the numbers are read. */
  collector: Collector | undefined;

  #nameOfNextRead: string | undefined;

  constructor(
    readonly metric: M,
    /** Where it was declared, for messages. */
    readonly place: string,
  ) {
    this.help = metric.help;
    this.type = metric.type;
    this.aggregator = metric.type === 'gauge' ? gaugeAggregator(metric) : 'sum';
    this.labelNames = metric.labelNames;
  }

  get name(): string {
    return this.metric.name;
  }

  /**
   * A registry that writes OpenMetrics assigns the name without `_total` before it reads the
   * metric, and appends the suffix to what it read. The name it asked for is good for that one
   * reading; a metric is never renamed.
   */
  set name(name: string) {
    this.#nameOfNextRead = name;
  }

  /** Called by a registry that writes text. */
  async getForPromString(): Promise<MetricObject> {
    const name = this.#nameOfNextRead ?? this.name;
    this.#nameOfNextRead = undefined;
    await this.collector?.collect('registry');
    return this.read(name);
  }

  async get(): Promise<MetricObject> {
    await this.collector?.collect('registry');
    return this.read(this.name);
  }

  reset(): void {
    this.metric.reset();
  }

  /** The metric's samples now. */
  protected read(name: string): MetricObject {
    const { help, type, aggregator } = this;
    return { name, help, type, aggregator, values: samplesOf(this.metric) };
  }
}

/** prom-client's name for what `Registry.aggregate()` does with the gauges of several processes. */
function gaugeAggregator({ multiprocessMode }: GaugeMetric): string {
  const name = multiprocessMode.replace(/^live/, '');
  return name === 'min' || name === 'max' ? name : 'sum';
}

function samplesOf(metric: AnyMetric): MetricSample[] {
  switch (metric.type) {
    case 'histogram':
      return histogramSamples(metric);
    case 'summary':
      return summarySamples(metric);
    default:
      return Array.from(metric.series as Iterable<SingleValue>, (series) => ({
        labels: labelsOf(series),
        value: series.value,
      }));
  }
}

function histogramSamples(metric: HistogramMetric): MetricSample[] {
  const [bucketName, sumName, countName] = sampleNamesOf(metric.name, metric.type);
  const bounds = [...metric.bounds, Infinity].map((bound) => canonicalNumber(bound));
  const samples: MetricSample[] = [];
  for (const series of metric.series) {
    const labels = labelsOf(series);
    let count = 0;
    for (const [bucket, le] of bounds.entries()) {
      count += series.values[series.offset + BUCKETS + bucket] as number;
      samples.push({ labels: { ...labels, le }, value: count, metricName: bucketName });
    }
    samples.push(
      { labels, value: series.sum, metricName: sumName },
      { labels, value: count, metricName: countName },
    );
  }
  return samples;
}

function summarySamples(metric: SummaryMetric): MetricSample[] {
  const [, sumName, countName] = sampleNamesOf(metric.name, metric.type);
  const samples: MetricSample[] = [];
  for (const series of metric.series) {
    const labels = labelsOf(series);
    const quantiles = series.sketch?.quantiles(metric.percentiles) ?? [];
    for (const [i, value] of quantiles.entries()) {
      const quantile = canonicalNumber(metric.percentiles[i] as number);
      samples.push({ labels: { ...labels, quantile }, value });
    }
    samples.push(
      { labels, value: series.sum, metricName: sumName },
      { labels, value: series.count, metricName: countName },
    );
  }
  return samples;
}

function labelsOf(series: {
  readonly labelNames: readonly string[];
  readonly labelValues: readonly string[];
}): Record<string, string> {
  return Object.fromEntries(
    series.labelNames.map((name, i) => [name, series.labelValues[i] as string]),
  );
}

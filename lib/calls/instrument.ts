import type { MetricSpec } from '../decorators/metric-spec.js';
import { makeMetric, type AnyMetric } from '../metrics/make-metric.js';
import type { Metric, MetricDefinition } from '../metrics/metric.js';
import { counterName } from '../metrics/names.js';
import {
  nativeSettingsFor,
  type NativeHistogramSettings,
} from '../options/native-histogram-options.js';
import type { Labels, MetricContext } from '../options/metric-context.js';
import { PrometheusConfigError } from '../core/errors.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';
import type { ExemplarSource } from './exemplar-source.js';
import { LabelEvaluator } from './label-evaluator.js';
import type { OwnMetrics } from '../registry/own-metrics.js';

export interface InstrumentParts {
  readonly registry: OwnMetrics;
  readonly exporter: ExporterMetrics;
  readonly defaultLabels: Labels;
  /** Of histograms that have none of their own. */
  readonly buckets: readonly number[];
  readonly maxSeries: number;
  /** Of histograms that say nothing themselves. */
  readonly nativeHistograms?: NativeHistogramSettings | undefined;
  /** Gives exemplars to counters and histograms. @default none */
  readonly exemplars?: ExemplarSource | undefined;
}

type SeriesOf<M extends Metric> = ReturnType<M['labels']>;

/** A decorator's metric and the labels that this decorator gives it. */
export class Instrument<M extends Metric = Metric> {
  /** Whether its labels have to be evaluated for each call. */
  readonly isEvaluated: boolean;
  readonly #labels: LabelEvaluator;
  #fixedSeries: SeriesOf<M> | undefined;

  constructor(
    readonly spec: MetricSpec,
    readonly metric: M,
    labels: Labels,
    exporter: ExporterMetrics,
    readonly exemplars?: ExemplarSource,
  ) {
    this.#labels = new LabelEvaluator(inOrder(labels, metric.labelNames), exporter);
    this.isEvaluated = this.#labels.fixed === undefined;
    if (spec.options.initialValue && !this.isEvaluated) this.fixedSeries();
  }

  /** The series, when its labels are fixed. */
  fixedSeries(): SeriesOf<M> {
    return (this.#fixedSeries ??= this.#seriesOf(this.#labels.fixed as readonly string[]));
  }

  /** The series of a call. */
  series(context: MetricContext): SeriesOf<M> {
    return this.isEvaluated
      ? this.#seriesOf(this.#labels.evaluate(this.metric, context))
      : this.fixedSeries();
  }

  /** The slot of the series of a call, when the labels have to be evaluated. */
  slot(context: MetricContext): number {
    return this.metric.slot(this.#labels.evaluate(this.metric, context));
  }

  #seriesOf(values: readonly string[]): SeriesOf<M> {
    return this.metric.labels(values) as SeriesOf<M>;
  }
}

/**
 * Registers the metric of a decorator.
 *
 * @param place where the decorator stands, for messages
 * @throws PrometheusConfigError for a name that is taken, and for a label that is a default label
 */
export function makeInstrument(
  spec: MetricSpec,
  place: string,
  parts: InstrumentParts,
): Instrument {
  const { registry, exporter, defaultLabels, maxSeries, exemplars } = parts;
  const { labels: own } = spec.options;
  const clash = Object.keys(own).find((name) => Object.hasOwn(defaultLabels, name));
  if (clash !== undefined) {
    throw PrometheusConfigError.metric(
      spec.name,
      `labels (at ${place}) other than those of option \`defaultLabels\``,
      clash,
    );
  }
  const labels = { ...own, ...defaultLabels };
  const definition = {
    name: spec.type === 'counter' ? counterName(spec.name) : spec.name,
    help: spec.help,
    labelNames: Object.keys(labels),
    maxSeries: spec.options.maxSeries ?? maxSeries,
  };
  const metric = registry.use(metricOf(spec, definition, parts), place);
  metric.onOverflow = exporter.countOverflow;
  return new Instrument(spec, metric as Metric, labels, exporter, exemplars);
}

function metricOf(
  { type, options }: MetricSpec,
  definition: MetricDefinition,
  { buckets, nativeHistograms }: InstrumentParts,
): AnyMetric {
  const { labels: _labels, initialValue: _initialValue, maxSeries: _maxSeries, ...given } = options;
  const own = Object.entries(given).filter(([, value]) => value !== undefined);
  return makeMetric(type, {
    multiprocessMode: 'livesum',
    // Calls that are in progress will end, whatever was reset meanwhile.
    survivesReset: true,
    buckets,
    ...Object.fromEntries(own),
    ...definition,
    native: nativeSettingsFor('native' in options ? options.native : undefined, nativeHistograms),
  });
}

/** A metric that was there already may have its labels in another order. */
function inOrder(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(names.map((name) => [name, labels[name] as Labels[string]]));
}

import { brand } from '../core/brands.js';
import { described, PrometheusConfigError } from '../core/errors.js';
import type { Part } from '../core/part.js';
import { makeMetric } from '../metrics/make-metric.js';
import {
  nativeSettingsFor,
  type NativeHistogramSettings,
} from '../options/native-histogram-options.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';
import { freeInheritedName } from '../registry/inherited-names.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import type { CollectProviders } from './collect-providers.js';
import {
  boundCollect,
  metricDeclaration,
  type CustomMetric,
  type MetricDeclaration,
} from './metric-declaration.js';
import { InjectedCounter } from './injected-counter.js';
import { InjectedGauge } from './injected-gauge.js';
import { InjectedHistogram } from './injected-histogram.js';
import type { BoundCollect } from './injected-object.js';
import { InjectedSummary } from './injected-summary.js';
import { ExemplarCounter, ExemplarHistogram } from './with-exemplars.js';

/** A metric object that is injected. */
export type Injected = InjectedCounter | InjectedGauge | InjectedHistogram | InjectedSummary;

const DECLARATION = brand('declaration');

/** Kept on an injected object. */
interface Declared {
  [DECLARATION]?: MetricDeclaration;
}

/** The metric objects that one application injects. */
export class InjectedMetrics implements Part {
  readonly #metrics: OwnMetrics;
  readonly #exporter: ExporterMetrics;
  readonly #providers: CollectProviders;
  readonly #nativeHistograms: NativeHistogramSettings | undefined;
  /** By object: its `collect()` functions that belong to this application, and what ends them. */
  readonly #collects = new Map<Injected, Map<unknown, () => void>>();

  constructor(
    metrics: OwnMetrics,
    exporter: ExporterMetrics,
    providers: CollectProviders,
    nativeHistograms: NativeHistogramSettings | undefined,
  ) {
    this.#metrics = metrics;
    this.#exporter = exporter;
    this.#providers = providers;
    this.#nativeHistograms = nativeHistograms;
  }

  /**
   * Makes what is declared, or takes what was declared in the same way before.
   *
   * @throws PrometheusConfigError for an invalid declaration, and a name that is taken
   */
  declare(metric: CustomMetric): Injected {
    const injected = this.#use(metricDeclaration(metric));
    const providers = this.#providers.request(metric.name, metric.inject ?? []);
    const collect = boundCollect(metric, providers);
    if (collect !== undefined) this.#collect(injected, metric.collect, collect);
    return injected;
  }

  stop(): void {
    for (const collects of this.#collects.values()) for (const end of collects.values()) end();
    this.#collects.clear();
  }

  #use(declaration: MetricDeclaration): Injected {
    freeInheritedName(this.#metrics.registry, declaration.name);
    const injected = this.#existing(declaration) ?? this.#make(declaration);
    injected.metric.onOverflow = this.#exporter.countOverflow;
    this.#metrics.hold(injected);
    return injected;
  }

  /**
   * Lets a function be called before each reading of a metric, while the application lives. Given
   * several times, as by a declaration that two modules share, it is called once.
   *
   * @param source tells whether it was given before
   */
  #collect(injected: Injected, source: unknown, collect: BoundCollect): void {
    let collects = this.#collects.get(injected);
    if (collects === undefined) this.#collects.set(injected, (collects = new Map()));
    if (!collects.has(source)) collects.set(source, injected.addCollect(collect));
  }

  #existing(wanted: MetricDeclaration): Injected | undefined {
    const { name } = wanted;
    const existing = this.#metrics.find(name) as (Injected & Declared) | undefined;
    if (existing === undefined) return undefined;
    const declaration = existing[DECLARATION];
    if (declaration === undefined) {
      throw new PrometheusConfigError(
        `Metric "${name}" (forFeature) is on the registry already and was not put there by forFeature(): choose another name or registry`,
      );
    }
    if (JSON.stringify(declaration) !== JSON.stringify(wanted)) {
      throw new PrometheusConfigError(
        `Metric "${name}" (forFeature) is declared already as ${described(declaration)}, now as ${described(wanted)}: give both the same definition`,
      );
    }
    return existing;
  }

  #make(declaration: MetricDeclaration): Injected {
    this.#metrics.checkNames(declaration.name, declaration.type, 'forFeature');
    const injected = makeInjected(declaration, this.#nativeHistograms);
    Object.defineProperty(injected, DECLARATION, { value: declaration });
    return injected;
  }
}

/**
 * A metric object that is on no registry.
 *
 * @param nativeHistograms what holds for histograms that say nothing themselves
 */
export function makeInjected(
  { type, settings, ...names }: MetricDeclaration,
  nativeHistograms?: NativeHistogramSettings,
): Injected {
  const { native: own, ...given } = settings;
  const definition = { maxSeries: Infinity, ...given, ...names, maxValueLength: Infinity };
  switch (type) {
    case 'counter': {
      const Counter = settings.enableExemplars === true ? ExemplarCounter : InjectedCounter;
      return new Counter(makeMetric('counter', definition), settings);
    }
    case 'gauge':
      return new InjectedGauge(makeMetric('gauge', definition), settings);
    case 'histogram': {
      const Histogram = settings.enableExemplars === true ? ExemplarHistogram : InjectedHistogram;
      const native = nativeSettingsFor(own, nativeHistograms);
      const metric = makeMetric('histogram', { buckets: CLIENT_BUCKETS, ...definition, native });
      return new Histogram(metric, settings);
    }
    case 'summary':
      return new InjectedSummary(
        makeMetric('summary', {
          percentiles: CLIENT_PERCENTILES,
          interpolates: true,
          ...definition,
        }),
        settings,
      );
  }
}

/** prom-client's defaults. */
const CLIENT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const CLIENT_PERCENTILES = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];

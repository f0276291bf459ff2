import { catalogued } from '../core/catalogue.js';
import { RUNTIME_CATALOGUE } from '../core/runtime-catalogue.js';
import type { HistogramSeries } from '../metrics/histogram.js';
import { makeMetric, type AnyMetric } from '../metrics/make-metric.js';
import type { ProcessMetricsSettings } from '../options/process-metrics-options.js';

export type RuntimeSettings = ProcessMetricsSettings;

type Catalogue = typeof RUNTIME_CATALOGUE;
export type RuntimeKey = keyof Catalogue;
type KeyOf<T extends string> = {
  [K in RuntimeKey]: Catalogue[K]['type'] extends T ? K : never;
}[RuntimeKey];

/** The metrics of the process and its runtime, by their keys in the catalogue. */
export class RuntimeFamilies {
  readonly #metrics = new Map<RuntimeKey, AnyMetric>();
  /** Values of option `processMetrics.labels`, which follow those of each series. */
  readonly #extra: readonly string[];

  constructor({ prefix, labels, gcDurationBuckets }: RuntimeSettings) {
    const names = Object.keys(labels);
    this.#extra = Object.values(labels).map(String);
    for (const key of Object.keys(RUNTIME_CATALOGUE) as RuntimeKey[]) {
      const entry = RUNTIME_CATALOGUE[key];
      const { labelNames, ...rest } = catalogued(entry, prefix);
      const definition = { ...rest, labelNames: [...labelNames, ...names] };
      this.#metrics.set(
        key,
        makeMetric(entry.type, {
          ...definition,
          multiprocessMode: 'liveall',
          buckets: gcDurationBuckets,
        }),
      );
    }
  }

  get all(): Iterable<AnyMetric> {
    return this.#metrics.values();
  }

  /** Sets a gauge; one whose value is not known is left as it is. */
  set(key: KeyOf<'gauge'>, value: number | undefined, ...labels: string[]): void {
    const metric = this.#metrics.get(key);
    if (value === undefined || metric?.type !== 'gauge') return;
    metric.labels([...labels, ...this.#extra]).set(value);
  }

  /** Lets a counter go on to a value that something else has counted. */
  advance(key: KeyOf<'counter'>, value: number, ...labels: string[]): void {
    const metric = this.#metrics.get(key);
    if (metric?.type !== 'counter') return;
    const series = metric.labels([...labels, ...this.#extra]);
    series.inc(Math.max(0, value - series.value));
  }

  /** Sets how many things of each type there are; types of which there are none any more are 0. */
  setTypes(key: KeyOf<'gauge'>, total: KeyOf<'gauge'>, types: readonly string[]): void {
    const metric = this.#metrics.get(key);
    if (metric?.type !== 'gauge') return;
    const counts = new Map<string, number>();
    for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
    metric.reset();
    for (const [type, count] of counts) this.set(key, count, type);
    this.set(total, types.length);
  }

  series(key: KeyOf<'histogram'>, ...labels: string[]): HistogramSeries {
    return (this.#metrics.get(key) as Extract<AnyMetric, { type: 'histogram' }>).labels([
      ...labels,
      ...this.#extra,
    ]);
  }
}

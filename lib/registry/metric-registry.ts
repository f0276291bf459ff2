import { takenNames } from '../metrics/names.js';
import type { AnyRegistry, ProcessMetricsOptions } from '../options/prometheus-options.js';
import { described, PrometheusConfigError } from '../prometheus.messages.js';
import { collectProcessMetrics } from './process-metrics.js';
import { RegisteredMetric, type AnyMetric } from './registered-metric.js';

/** Part of a prom-client registry that is used; its declared types fit prom-client's classes only. */
interface MetricStore {
  getSingleMetric(name: string): unknown;
  getMetricsAsArray(): { name: string; type: unknown }[];
  registerMetric(metric: unknown): void;
  removeSingleMetric(name: string): void;
}

/**
 * The metrics that one application has put on a prom-client registry.
 *
 * A metric that is there already with the same definition is shared: two applications on one
 * registry count into the same series. It leaves the registry with the last of them.
 */
export class MetricRegistry {
  readonly registry: AnyRegistry;
  readonly #store: MetricStore;
  readonly #used = new Set<RegisteredMetric>();
  readonly #onRelease: (() => void)[] = [];

  constructor(registry: AnyRegistry) {
    this.registry = registry;
    this.#store = registry as unknown as MetricStore;
  }

  /**
   * Puts a metric on the registry, or takes the one that is there.
   *
   * @param place where the metric is declared, for messages
   * @returns the metric to record into
   * @throws PrometheusConfigError when the name, or one that the metric's samples need, is taken by
   *   a different metric
   */
  use<M extends AnyMetric>(metric: M, place = 'the default metrics'): M {
    const registered = this.#existing(metric, place) ?? this.#register(metric, place);
    if (!this.#used.has(registered)) {
      this.#used.add(registered);
      registered.users += 1;
    }
    return registered.metric as M;
  }

  /** Adds prom-client's process metrics, for as long as the application lives. */
  collectProcessMetrics(options: ProcessMetricsOptions): void {
    this.#onRelease.push(collectProcessMetrics(this.registry, options));
  }

  /** Takes off the registry what no other application uses. */
  release(): void {
    for (const take of this.#onRelease.splice(0)) take();
    for (const registered of this.#used) {
      registered.users -= 1;
      const { name } = registered;
      if (registered.users === 0 && this.#store.getSingleMetric(name) === registered) {
        this.#store.removeSingleMetric(name);
      }
    }
    this.#used.clear();
  }

  #existing(metric: AnyMetric, place: string): RegisteredMetric | undefined {
    const existing = this.#store.getSingleMetric(metric.name);
    if (existing === undefined) return undefined;
    if (!(existing instanceof RegisteredMetric)) {
      throw new PrometheusConfigError(
        `Metric "${metric.name}" (${place}) is on the registry already and was not put there by this library: choose another name, prefix or registry`,
      );
    }
    const difference = differenceOf(existing.metric, metric);
    if (difference !== undefined) {
      throw new PrometheusConfigError(
        `Metric "${metric.name}" (${place}) is declared already (${existing.place}) with ${difference}: give both the same definition, or use another name or registry`,
      );
    }
    return existing;
  }

  #register(metric: AnyMetric, place: string): RegisteredMetric {
    const names = new Set(takenNames(metric.name, metric.type));
    for (const other of this.#store.getMetricsAsArray()) {
      const clash = takenNamesOf(other).find((name) => names.has(name));
      if (clash !== undefined) {
        throw new PrometheusConfigError(
          `Metric "${metric.name}" (${metric.type}, ${place}) clashes with "${other.name}" (${String(other.type)}) on the same registry: both need the name "${clash}" in an exposition`,
        );
      }
    }
    const registered = new RegisteredMetric(metric, place);
    this.#store.registerMetric(registered);
    return registered;
  }
}

function takenNamesOf(metric: { name: string; type: unknown }): readonly string[] {
  switch (metric.type) {
    case 'counter':
    case 'histogram':
    case 'summary':
      return takenNames(metric.name, metric.type);
    default:
      return takenNames(metric.name, 'gauge');
  }
}

function differenceOf(existing: AnyMetric, wanted: AnyMetric): string | undefined {
  if (existing.type !== wanted.type) return `the type ${existing.type}, not ${wanted.type}`;
  if (existing.help !== wanted.help) {
    return `the help ${described(existing.help)}, not ${described(wanted.help)}`;
  }
  if ([...existing.labelNames].sort().join() !== [...wanted.labelNames].sort().join()) {
    return `the labels ${described(existing.labelNames)}, not ${described(wanted.labelNames)}`;
  }
  if (existing.type === 'histogram' && wanted.type === 'histogram') {
    if (existing.bounds.join() !== wanted.bounds.join()) {
      return `the buckets ${existing.bounds.join()}, not ${wanted.bounds.join()}`;
    }
  }
  if (existing.type === 'summary' && wanted.type === 'summary') {
    if (existing.percentiles.join() !== wanted.percentiles.join()) {
      return `the percentiles ${existing.percentiles.join()}, not ${wanted.percentiles.join()}`;
    }
  }
  return undefined;
}

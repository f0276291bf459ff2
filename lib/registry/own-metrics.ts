import { METRIC_TYPES } from '../metrics/layout.js';
import type { AnyMetric } from '../metrics/make-metric.js';
import { takenNames } from '../metrics/names.js';
import type { AnyRegistry, ProcessMetricsOptions } from '../options/prometheus-options.js';
import { described, PrometheusConfigError } from '../core/errors.js';
import { freeInheritedName } from './inherited-names.js';
import { collectProcessMetrics } from './process-metrics.js';
import { RegisteredMetric } from './registered-metric.js';

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
export class OwnMetrics {
  readonly registry: AnyRegistry;
  readonly #store: MetricStore;
  readonly #used = new Set<RegisteredMetric>();
  readonly #onRelease: (() => void)[] = [];
  #isKept = false;
  #isReleased = false;

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
    // While a startup fails, Nest goes on to make other parts.
    if (this.#isReleased) return metric;
    freeInheritedName(this.registry, metric.name);
    const registered = this.#existing(metric, place) ?? this.#register(metric, place);
    if (!this.#used.has(registered)) {
      this.#used.add(registered);
      registered.users += 1;
    }
    return registered.metric as M;
  }

  /** Runs when the application gives up its metrics. */
  onRelease(action: () => void): void {
    this.#onRelease.push(action);
  }

  /** Adds prom-client's process metrics, for as long as the application lives. */
  collectProcessMetrics(options: ProcessMetricsOptions): void {
    if (this.#isReleased) return;
    this.#onRelease.push(collectProcessMetrics(this.registry, options));
  }

  /** Whether the application has given up its metrics; nothing is registered any more. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** Called when the application has started: from now on a failure costs its own metric alone. */
  keep(): void {
    this.#isKept = true;
  }

  /**
   * Makes something that registers metrics. When that fails while the application starts, nothing
   * that it had registered stays.
   */
  orNothing<T>(make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (!this.#isKept) this.release();
      throw error;
    }
  }

  /** Makes something that registers several metrics: all of them, or none when that fails. */
  together<T>(make: () => T): T {
    const before = new Set(this.#used);
    try {
      return make();
    } catch (error) {
      for (const registered of this.#used) if (!before.has(registered)) this.#giveUp(registered);
      throw error;
    }
  }

  /** Takes off the registry what no other application uses. */
  release(): void {
    this.#isReleased = true;
    for (const take of this.#onRelease.splice(0)) take();
    for (const registered of this.#used) this.#giveUp(registered);
  }

  #giveUp(registered: RegisteredMetric): void {
    this.#used.delete(registered);
    registered.users -= 1;
    const { name } = registered;
    if (registered.users === 0 && this.#store.getSingleMetric(name) === registered) {
      this.#store.removeSingleMetric(name);
    }
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
    this.checkNames(metric.name, metric.type, place);
    const registered = new RegisteredMetric(metric, place);
    this.#store.registerMetric(registered);
    return registered;
  }

  /**
   * @throws PrometheusConfigError when a metric of this name and type needs a name that another
   *   metric on the registry needs, in either exposition format
   */
  checkNames(name: string, type: AnyMetric['type'], place: string): void {
    const names = new Set(takenNames(name, type));
    for (const other of this.#store.getMetricsAsArray()) {
      const clash = takenNamesOf(other).find((taken) => names.has(taken));
      if (clash !== undefined) {
        throw new PrometheusConfigError(
          `Metric "${name}" (${type}, ${place}) clashes with "${other.name}" (${String(other.type)}) on the same registry: both need the name "${clash}" in an exposition`,
        );
      }
    }
  }
}

function takenNamesOf(metric: { name: string; type: unknown }): readonly string[] {
  const type = METRIC_TYPES.find((known) => known === metric.type) ?? 'gauge';
  return takenNames(metric.name, type);
}

function differenceOf(existing: AnyMetric, wanted: AnyMetric): string | undefined {
  if (existing.type !== wanted.type) return `the type ${existing.type}, not ${wanted.type}`;
  if (existing.help !== wanted.help) {
    return `the help ${described(existing.help)}, not ${described(wanted.help)}`;
  }
  if ([...existing.labelNames].sort().join() !== [...wanted.labelNames].sort().join()) {
    return `the labels ${described(existing.labelNames)}, not ${described(wanted.labelNames)}`;
  }
  for (const [trait, value] of Object.entries(existing.traits)) {
    const other = wanted.traits[trait];
    if (value !== other) return `the ${trait} ${value}, not ${other}`;
  }
  return undefined;
}

import { METRIC_TYPES } from '../metrics/layout.js';
import type { AnyMetric } from '../metrics/make-metric.js';
import { takenNames } from '../metrics/names.js';
import { described, PrometheusConfigError } from '../core/errors.js';
import type { Part } from '../core/part.js';
import { keptOn, Shared } from '../core/shared.js';
import type { AnyRegistry } from '../options/prometheus-options.js';
import { freeInheritedName } from './inherited-names.js';
import { VERSION } from '../core/version.js';
import type { Collector } from './collector-calls.js';
import { RegisteredMetric } from './registered-metric.js';

/** Part of a prom-client registry that is used; its declared types fit prom-client's classes only. */
interface MetricStore {
  getSingleMetric(name: string): object | undefined;
  getMetricsAsArray(): NamedMetric[];
  registerMetric(metric: object): void;
  removeSingleMetric(name: string): void;
}

/** What stands on a registry. */
interface NamedMetric {
  readonly name: string;
  readonly type?: unknown;
}

/**
 * The metrics that one application has on a prom-client registry.
 *
 * They are put there when the application has started, so that a start that fails leaves none of
 * them behind, whatever failed. A metric that is there already with the same definition is shared:
 * two applications on one registry count into the same series. It leaves the registry with the last
 * of them.
 */
export class OwnMetrics implements Part {
  readonly registry: AnyRegistry;
  readonly #store: MetricStore;
  /** By what stands on the registry: takes it off again; `undefined` while it is not there. */
  readonly #held = new Map<NamedMetric, (() => void) | undefined>();
  #isPublished = false;
  /** Names that metrics need, worked out when the registry had this many metrics. */
  #taken: { readonly size: number; readonly names: Map<string, NamedMetric> } | undefined;

  constructor(registry: AnyRegistry) {
    this.registry = registry;
    this.#store = registry as unknown as MetricStore;
  }

  /**
   * Adds a metric to those of the application, or takes the one that is there.
   *
   * @param place where the metric is declared, for messages
   * @param collector brings the metric up to date before it is read. @default none is needed
   * @returns the metric to record into
   * @throws PrometheusConfigError when the name, or one that the metric's samples need, is taken by
   *   a different metric
   */
  use<M extends AnyMetric>(metric: M, place = 'the default metrics', collector?: Collector): M {
    freeInheritedName(this.registry, metric.name);
    const registered = this.#existing(metric, place) ?? this.#make(metric, place);
    registered.collector ??= collector;
    this.hold(registered);
    return registered.metric as M;
  }

  /** What stands under a name, or will when an application that is starting has started. */
  find(name: string): object | undefined {
    return this.#store.getSingleMetric(name) ?? this.#starting.get(name)?.deref();
  }

  /** Keeps something on the registry for as long as the application lives. */
  hold(metric: NamedMetric): void {
    if (this.#held.has(metric)) return;
    this.#held.set(metric, this.#isPublished ? this.#put(metric) : undefined);
    if (this.#isPublished) return;
    this.#starting.set(metric.name, new WeakRef(metric));
    if (this.#taken !== undefined) addNames(this.#taken.names, metric);
  }

  /**
   * Puts all metrics on the registry; from now on, further ones are put there at once.
   *
   * @throws PrometheusConfigError when something else has taken a name meanwhile
   */
  start(): void {
    if (this.#isPublished) return;
    for (const metric of this.#held.keys()) this.#held.set(metric, this.#put(metric));
    this.#isPublished = true;
  }

  /** Takes off the registry what no other application uses. */
  stop(): void {
    this.#isPublished = false;
    for (const [metric, release] of this.#held) {
      release?.();
      this.#held.set(metric, undefined);
      this.#forgetStarting(metric);
    }
  }

  /** Adds several metrics: all of them, or none when that fails. */
  together<T>(make: () => T): T {
    const before = new Set(this.#held.keys());
    try {
      return make();
    } catch (error) {
      for (const [metric, release] of this.#held) {
        if (before.has(metric)) continue;
        release?.();
        this.#held.delete(metric);
        this.#forgetStarting(metric);
      }
      this.#taken = undefined;
      throw error;
    }
  }

  /**
   * Metrics of applications that are starting, so that those which start at the same time share
   * them as well. Held weakly: nothing tells that a start has failed.
   */
  get #starting(): Map<string, WeakRef<NamedMetric>> {
    return keptOn(this.registry, 'starting', () => new Map<string, WeakRef<NamedMetric>>());
  }

  #forgetStarting(metric: NamedMetric): void {
    const { name } = metric;
    if (this.#starting.get(name)?.deref() === metric) this.#starting.delete(name);
  }

  #put(metric: NamedMetric): () => void {
    const { name } = metric;
    const there = this.#store.getSingleMetric(name);
    if (there !== undefined && there !== metric) {
      throw new PrometheusConfigError(
        `Metric "${name}" was put on the registry by something else while the application started: choose another name, prefix or registry`,
      );
    }
    if (there === undefined) this.#store.registerMetric(metric);
    this.#forgetStarting(metric);
    return keptOn(
      metric,
      'users',
      () => new Shared(metric, (unused) => this.#takeOff(unused)),
    ).take();
  }

  #takeOff(metric: NamedMetric): void {
    if (this.#store.getSingleMetric(metric.name) === metric) {
      this.#store.removeSingleMetric(metric.name);
    }
  }

  #existing(metric: AnyMetric, place: string): RegisteredMetric | undefined {
    const existing = this.find(metric.name);
    if (existing === undefined) return undefined;
    if (!RegisteredMetric.is(existing)) {
      const version = RegisteredMetric.versionOf(existing);
      throw new PrometheusConfigError(
        version === undefined
          ? `Metric "${metric.name}" (${place}) is on the registry already and was not put there by this library: choose another name, prefix or registry`
          : `Metric "${metric.name}" (${place}) is on the registry already and was put there by version ${version} of this library, where this is ${VERSION}: keep one version (\`npm ls nestjs-prometheus-exporter\`), or give each application its own registry`,
      );
    }
    if (existing.isInjected) {
      throw new PrometheusConfigError(
        `Metric "${metric.name}" (${place}) is declared by forFeature() already: choose another name or registry`,
      );
    }
    const difference = differenceOf(existing.metric, metric);
    if (difference === undefined) return existing;
    // That of a start which has failed, or fails when it meets this one.
    if (!this.#held.has(existing) && this.#store.getSingleMetric(metric.name) === undefined) {
      return undefined;
    }
    throw new PrometheusConfigError(
      place === existing.place && !this.#held.has(existing)
        ? `Metric "${metric.name}" (${place}) is declared already with ${difference}, by an application that has not closed. With hot module replacement it is the one from before the change: wait for its \`app.close()\` before the new one starts. Applications that are to run side by side need registries of their own`
        : `Metric "${metric.name}" (${place}) is declared already (${existing.place}) with ${difference}: give both the same definition, or use another name or registry`,
    );
  }

  #make(metric: AnyMetric, place: string): RegisteredMetric {
    this.checkNames(metric.name, metric.type, place);
    return new RegisteredMetric(metric, place);
  }

  /**
   * @throws PrometheusConfigError when a metric of this name and type needs a name that another
   *   metric needs, in either exposition format
   */
  checkNames(name: string, type: AnyMetric['type'], place: string): void {
    const taken = this.#takenNames();
    for (const needed of takenNames(name, type)) {
      const other = taken.get(needed);
      if (other === undefined) continue;
      throw new PrometheusConfigError(
        `Metric "${name}" (${type}, ${place}) clashes with "${other.name}" (${String(other.type)}) on the same registry: both need the name "${needed}" in an exposition`,
      );
    }
  }

  /** All names that metrics need: those on the registry, and those of this application. */
  #takenNames(): ReadonlyMap<string, NamedMetric> {
    const registered = this.#store.getMetricsAsArray();
    if (this.#taken?.size === registered.length) return this.#taken.names;
    const names = new Map<string, NamedMetric>();
    for (const metric of [...registered, ...this.#held.keys()]) addNames(names, metric);
    this.#taken = { size: registered.length, names };
    return names;
  }
}

function addNames(names: Map<string, NamedMetric>, metric: NamedMetric): void {
  for (const name of takenNamesOf(metric)) if (!names.has(name)) names.set(name, metric);
}

function takenNamesOf(metric: NamedMetric): readonly string[] {
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

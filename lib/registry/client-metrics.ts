import { Counter, Gauge, Histogram, Summary } from 'prom-client';
import type { AnyRegistry } from '../options/prometheus-options.js';
import { described, PrometheusConfigError } from '../core/errors.js';
import { checkedCalls } from './checked-calls.js';
import { freeInheritedName } from './inherited-names.js';
import type { OwnMetrics } from './own-metrics.js';

/** A metric object of the client library. */
export type ClientMetric = Counter | Gauge | Histogram | Summary;

/** What is needed to make one, in the client library's own terms. */
export interface ClientMetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Everything else that the client library takes for this type, e.g. `buckets`. */
  readonly settings: Readonly<Record<string, unknown>>;
}

const SHARED = Symbol('nestjs-prometheus-exporter.shared');

/** Kept on a metric object that was made here. */
interface SharedMetric {
  [SHARED]?: { readonly definition: ClientMetricDefinition; users: number };
}

const CLASSES = { counter: Counter, gauge: Gauge, histogram: Histogram, summary: Summary };

/** Metric objects of the client library that belong to one application. */
export class ClientMetrics {
  readonly #registry: AnyRegistry;
  readonly #metrics: OwnMetrics;
  readonly #used = new Set<ClientMetric>();

  constructor(metrics: OwnMetrics) {
    this.#metrics = metrics;
    this.#registry = metrics.registry;
    metrics.onRelease(() => this.#release());
  }

  /**
   * Makes a metric object, or takes the one with the same definition that is there.
   *
   * @param define gives the definition; what it throws fails the startup as well
   * @param collect called before each reading, with the metric as `this`
   * @throws PrometheusConfigError for a name that is taken
   */
  use(
    define: () => ClientMetricDefinition,
    collect: ((this: ClientMetric) => unknown) | undefined,
  ): ClientMetric {
    const metric = this.#metrics.orNothing(() => {
      const definition = define();
      freeInheritedName(this.#registry, definition.name);
      return this.#existing(definition) ?? this.#make(definition, collect);
    });
    if (!this.#used.has(metric)) {
      this.#used.add(metric);
      const shared = (metric as SharedMetric)[SHARED];
      if (shared !== undefined) shared.users += 1;
    }
    return metric;
  }

  #existing(wanted: ClientMetricDefinition): ClientMetric | undefined {
    const existing = this.#registry.getSingleMetric(wanted.name) as
      (ClientMetric & SharedMetric) | undefined;
    if (existing === undefined) return undefined;
    const definition = existing[SHARED]?.definition;
    if (definition === undefined) {
      throw new PrometheusConfigError(
        `Metric "${wanted.name}" (forFeature) is on the registry already and was not put there by forFeature(): choose another name or registry`,
      );
    }
    if (JSON.stringify(definition) !== JSON.stringify(wanted)) {
      throw new PrometheusConfigError(
        `Metric "${wanted.name}" (forFeature) is declared already as ${described(definition)}, now as ${described(wanted)}: give both the same definition`,
      );
    }
    return existing;
  }

  #make(
    definition: ClientMetricDefinition,
    collect: ((this: ClientMetric) => unknown) | undefined,
  ): ClientMetric {
    const { type, name, help, labelNames, settings } = definition;
    this.#metrics.checkNames(name, type, 'forFeature');
    const configuration = {
      ...settings,
      name,
      help,
      labelNames: [...labelNames],
      registers: this.#metrics.isReleased ? [] : [this.#registry],
      ...(collect === undefined ? {} : { collect }),
    };
    const Metric = CLASSES[type] as new (settings: typeof configuration) => ClientMetric;
    const metric = checkedCalls(new Metric(configuration), type);
    (metric as SharedMetric)[SHARED] = { definition, users: 0 };
    return metric;
  }

  #release(): void {
    for (const metric of this.#used) {
      const shared = (metric as SharedMetric)[SHARED];
      if (shared === undefined) continue;
      shared.users -= 1;
      const { name } = shared.definition;
      if (shared.users === 0 && this.#registry.getSingleMetric(name) === metric) {
        this.#registry.removeSingleMetric(name);
      }
    }
    this.#used.clear();
  }
}

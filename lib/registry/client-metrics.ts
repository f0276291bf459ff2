import { Counter, Gauge, Histogram, Summary } from 'prom-client';
import type { AnyRegistry } from '../options/prometheus-options.js';
import { described, PrometheusConfigError } from '../core/errors.js';
import { checkedCalls } from './checked-calls.js';
import { freeInheritedName } from './inherited-names.js';
import type { OwnMetrics } from './own-metrics.js';
import { BRAND } from '../core/brands.js';

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

const DEFINITION = Symbol.for(`${BRAND}definition`);

/** Kept on a metric object that was made here. */
interface DefinedMetric {
  [DEFINITION]?: ClientMetricDefinition;
}

const CLASSES = { counter: Counter, gauge: Gauge, histogram: Histogram, summary: Summary };

/** Metric objects of the client library that belong to one application. */
export class ClientMetrics {
  readonly #registry: AnyRegistry;
  readonly #metrics: OwnMetrics;

  constructor(metrics: OwnMetrics) {
    this.#metrics = metrics;
    this.#registry = metrics.registry;
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
    const definition = define();
    freeInheritedName(this.#registry, definition.name);
    const metric = this.#existing(definition) ?? this.#make(definition, collect);
    this.#metrics.hold(metric as ClientMetric & { readonly name: string });
    return metric;
  }

  #existing(wanted: ClientMetricDefinition): ClientMetric | undefined {
    const existing = this.#metrics.find(wanted.name) as (ClientMetric & DefinedMetric) | undefined;
    if (existing === undefined) return undefined;
    const definition = existing[DEFINITION];
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
      registers: [],
      ...(collect === undefined ? {} : { collect }),
    };
    const Metric = CLASSES[type] as new (settings: typeof configuration) => ClientMetric;
    const metric = checkedCalls(new Metric(configuration), type);
    (metric as DefinedMetric)[DEFINITION] = definition;
    return metric;
  }
}

import { labelValueText } from '../metrics/label-value.js';
import type { AnyMetric } from '../metrics/make-metric.js';
import type { AnyRegistry } from '../options/prometheus-options.js';
import type { Collector, ReadableMetric } from '../registry/collector-calls.js';
import { RegisteredMetric } from '../registry/registered-metric.js';
import type { ExtraLabels } from './own-recorder.js';
import type { Askable } from './poller.js';

/** What stands on a registry, as far as it is written for other processes. */
export class RegistryView {
  constructor(private readonly registry: AnyRegistry) {}

  /** What `registry.setDefaultLabels()` was given, which prom-client has no accessor for. */
  get extraLabels(): ExtraLabels {
    const { _defaultLabels = {} } = this.registry as { _defaultLabels?: Record<string, unknown> };
    return Object.entries(_defaultLabels).map(([name, value]) => [
      name,
      labelValueText(value) ?? '',
    ]);
  }

  get ownMetrics(): AnyMetric[] {
    return this.#registered.map(({ metric }) => metric);
  }

  /** Those of the own metrics that count for the whole process. */
  get ofProcess(): Set<AnyMetric> {
    const all = this.#registered.filter(({ collector }) => collector?.isOfProcess === true);
    return new Set(all.map(({ metric }) => metric));
  }

  get clientMetrics(): ReadableMetric[] {
    return this.#metrics.filter((metric): metric is ReadableMetric => !RegisteredMetric.is(metric));
  }

  get askable(): Askable {
    const collectors = new Map<Collector, string>();
    for (const { name, collector } of this.#registered) {
      if (collector !== undefined) collectors.set(collector, name);
    }
    return { metrics: this.clientMetrics, collectors };
  }

  get #registered(): RegisteredMetric[] {
    return this.#metrics.filter((metric) => RegisteredMetric.is(metric));
  }

  get #metrics(): (RegisteredMetric | ReadableMetric)[] {
    return this.registry.getMetricsAsArray() as unknown as (RegisteredMetric | ReadableMetric)[];
  }
}

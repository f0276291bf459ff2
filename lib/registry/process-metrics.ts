import { collectDefaultMetrics, Registry, type Metric } from 'prom-client';
import type { Part } from '../core/part.js';
import { keptOn, Shared } from '../core/shared.js';
import type { ProcessMetricsSettings } from '../options/process-metrics-options.js';
import type { AnyRegistry } from '../options/prometheus-options.js';

type ProcessMetric = Metric & { readonly name: string };

/**
 * prom-client's process metrics. Those whose names are taken, by an earlier `collectDefaultMetrics`
 * say, are left alone. Applications on one registry share them; they leave it with the last one.
 *
 * prom-client cannot stop what observes garbage collection and the event loop, so these metrics
 * are made once for a registry and put back when an application comes again (hot reload):
 * otherwise each start would leave one more observer behind. It can go when prom-client can stop
 * its collectors.
 */
export class ProcessMetrics implements Part {
  readonly #registry: AnyRegistry;
  readonly #options: ProcessMetricsSettings | undefined;
  #releases: (() => void)[] = [];

  /** @param options `undefined` for none of them */
  constructor(registry: AnyRegistry, options: ProcessMetricsSettings | undefined) {
    this.#registry = registry;
    this.#options = options;
  }

  start(): void {
    if (this.#options === undefined) return;
    for (const shared of metricsFor(this.#registry, this.#options)) {
      const there = this.#registry.getSingleMetric(shared.value.name);
      if (there === undefined) this.#registry.registerMetric(shared.value);
      if (there === undefined || there === shared.value) this.#releases.push(shared.take());
    }
  }

  stop(): void {
    for (const release of this.#releases.splice(0)) release();
  }
}

function metricsFor(
  registry: AnyRegistry,
  options: ProcessMetricsSettings,
): readonly Shared<ProcessMetric>[] {
  const memory = keptOn(
    registry,
    'process-metrics',
    () => new Map<string, readonly Shared<ProcessMetric>[]>(),
  );
  const key = JSON.stringify(options);
  const known = memory.get(key);
  if (known !== undefined) return known;
  const own = new Registry();
  collectDefaultMetrics({
    ...options,
    gcDurationBuckets: [...options.gcDurationBuckets],
    register: own,
  });
  // Declared as the result of `get()`; it is the metrics themselves.
  const metrics = own.getMetricsAsArray() as unknown as ProcessMetric[];
  const shared = metrics.map((made) => new Shared(made, takeOff));
  memory.set(key, shared);
  return shared;

  function takeOff(metric: ProcessMetric): void {
    if (registry.getSingleMetric(metric.name) === metric) registry.removeSingleMetric(metric.name);
  }
}

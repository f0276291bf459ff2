import { collectDefaultMetrics, Registry, type Metric } from 'prom-client';
import type { AnyRegistry, ProcessMetricsOptions } from '../options/prometheus-options.js';

type ProcessMetric = Metric & { readonly name: string };

const COLLECTED = Symbol('nestjs-prometheus-exporter.process-metrics');

/** A registry that remembers the process metrics that were made for it, by their options. */
interface RegistryWithMemory {
  [COLLECTED]?: Map<string, readonly ProcessMetric[]>;
}

/**
 * Puts prom-client's process metrics on the registry. Those whose names are taken, by an earlier
 * `collectDefaultMetrics` say, are left alone.
 *
 * prom-client cannot stop what observes garbage collection and the event loop, so these metrics
 * are made once for a registry and put back when an application comes again (hot reload):
 * otherwise each start would leave one more observer behind. It can go when prom-client can stop
 * its collectors.
 *
 * @returns takes off what was put on
 */
export function collectProcessMetrics(
  registry: AnyRegistry,
  options: ProcessMetricsOptions,
): () => void {
  const added = metricsFor(registry, options).filter(
    (metric) => registry.getSingleMetric(metric.name) === undefined,
  );
  for (const metric of added) registry.registerMetric(metric);
  return () => {
    for (const metric of added) {
      if (registry.getSingleMetric(metric.name) === metric)
        registry.removeSingleMetric(metric.name);
    }
  };
}

function metricsFor(
  registry: AnyRegistry,
  options: ProcessMetricsOptions,
): readonly ProcessMetric[] {
  const memory = ((registry as RegistryWithMemory)[COLLECTED] ??= new Map());
  const key = JSON.stringify(options);
  const known = memory.get(key);
  if (known !== undefined) return known;
  const own = new Registry();
  collectDefaultMetrics({ ...options, register: own });
  // Declared as the result of `get()`; it is the metrics themselves.
  const metrics = own.getMetricsAsArray() as unknown as ProcessMetric[];
  memory.set(key, metrics);
  return metrics;
}

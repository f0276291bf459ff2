import { collectDefaultMetrics, Registry, type Metric } from 'prom-client';
import type { AnyRegistry, ProcessMetricsOptions } from '../options/prometheus-options.js';

type ProcessMetric = Metric & { readonly name: string };

/** A process metric that was made for a registry, and how many applications have it there. */
interface SharedMetric {
  readonly metric: ProcessMetric;
  users: number;
}

const COLLECTED = Symbol('nestjs-prometheus-exporter.process-metrics');

/** A registry that remembers the process metrics that were made for it, by their options. */
interface RegistryWithMemory {
  [COLLECTED]?: Map<string, readonly SharedMetric[]>;
}

/**
 * Puts prom-client's process metrics on the registry. Those whose names are taken, by an earlier
 * `collectDefaultMetrics` say, are left alone. Applications on one registry share them; they leave
 * it with the last one.
 *
 * prom-client cannot stop what observes garbage collection and the event loop, so these metrics
 * are made once for a registry and put back when an application comes again (hot reload):
 * otherwise each start would leave one more observer behind. It can go when prom-client can stop
 * its collectors.
 *
 * @returns takes off what no other application uses
 */
export function collectProcessMetrics(
  registry: AnyRegistry,
  options: ProcessMetricsOptions,
): () => void {
  const used = metricsFor(registry, options).filter(({ metric }) => {
    const there = registry.getSingleMetric(metric.name);
    if (there === undefined) registry.registerMetric(metric);
    return there === undefined || there === metric;
  });
  for (const shared of used) shared.users += 1;
  return () => {
    for (const shared of used) {
      shared.users -= 1;
      const { name } = shared.metric;
      if (shared.users === 0 && registry.getSingleMetric(name) === shared.metric) {
        registry.removeSingleMetric(name);
      }
    }
  };
}

function metricsFor(
  registry: AnyRegistry,
  options: ProcessMetricsOptions,
): readonly SharedMetric[] {
  const memory = ((registry as RegistryWithMemory)[COLLECTED] ??= new Map());
  const key = JSON.stringify(options);
  const known = memory.get(key);
  if (known !== undefined) return known;
  const own = new Registry();
  collectDefaultMetrics({ ...options, register: own });
  // Declared as the result of `get()`; it is the metrics themselves.
  const metrics = own.getMetricsAsArray() as unknown as ProcessMetric[];
  const shared = metrics.map((metric) => ({ metric, users: 0 }));
  memory.set(key, shared);
  return shared;
}

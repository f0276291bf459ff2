import type { Family, SampleFamily } from '../exposition/family.js';
import type { AnyRegistry } from '../options/prometheus-options.js';
import { RegisteredMetric } from './registered-metric.js';

/** Told what a metric's `collect()` or `get()` failed with; the other metrics are not affected. */
export type CollectFailure = (metric: string, error: unknown) => void;

interface ReadableMetric {
  readonly name: string;
  get(): Promise<SampleFamily> | SampleFamily;
}

/**
 * Everything on a prom-client registry, in the order of registration. All metrics that are not ours
 * are asked at once, each for itself: one that fails costs its own family alone.
 */
export async function* collectFamilies(
  registry: AnyRegistry,
  onFailure: CollectFailure,
): AsyncGenerator<Family> {
  const metrics = registry.getMetricsAsArray() as unknown as (RegisteredMetric | ReadableMetric)[];
  const pending = metrics.map((metric) =>
    metric instanceof RegisteredMetric ? metric.metric : read(metric, onFailure),
  );
  for (const family of pending) {
    const collected = family instanceof Promise ? await family : family;
    if (collected !== undefined) yield collected;
  }
}

async function read(
  metric: ReadableMetric,
  onFailure: CollectFailure,
): Promise<SampleFamily | undefined> {
  try {
    return await metric.get();
  } catch (error) {
    onFailure(metric.name, error);
    return undefined;
  }
}

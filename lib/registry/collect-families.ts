import type { Family, SampleFamily } from '../exposition/family.js';
import { Pace } from '../core/pace.js';
import type { AnyRegistry } from '../options/prometheus-options.js';
import type { AnyMetric } from '../metrics/make-metric.js';
import type { Collector, CollectorCalls, ReadableMetric } from './collector-calls.js';
import { Deadline } from './deadline.js';
import { RegisteredMetric } from './registered-metric.js';

/**
 * Told what a metric's `collect()` or `get()` failed with (a `CollectTimeoutError` when it took too
 * long); the other metrics are not affected.
 */
export type CollectFailure = (metric: string, error: unknown) => void;

/** Who collects, and how long it may take. */
export interface CollectLimits {
  /** The format that is being read, for collectors of ours. @default 'other' */
  readonly reader?: string | undefined;
  /** Milliseconds for each metric. */
  readonly milliseconds: number;
  /** Milliseconds that the reader waits for any of them, if that is less. @default as long as they may take */
  readonly patience?: number | undefined;
  /** Ends the whole collection: the generator then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Everything on a prom-client registry, in the order of registration. All collectors, and all
 * metrics that are not ours, are asked at once, each for itself: one that fails, or is late, costs
 * its own families alone.
 */
export async function* collectFamilies(
  registry: AnyRegistry,
  calls: CollectorCalls,
  onFailure: CollectFailure,
  { milliseconds, patience, signal, reader = 'other' }: CollectLimits,
): AsyncGenerator<Family, void, undefined> {
  const deadline = new Deadline(milliseconds, signal, patience);
  const read = async (metric: ReadableMetric): Promise<SampleFamily | undefined> => {
    try {
      return await calls.read(metric, deadline);
    } catch (error) {
      onFailure(metric.name, error);
      return undefined;
    }
  };
  const calledBefore = new Map<Collector, Promise<boolean>>();
  const upToDate = async (collector: Collector, metric: AnyMetric): Promise<Family | undefined> => {
    let collecting = calledBefore.get(collector);
    if (collecting === undefined) {
      collecting = calls.collect(collector, reader, deadline).catch((error: unknown) => {
        onFailure(metric.name, error);
        return false;
      });
      calledBefore.set(collector, collecting);
    }
    return (await collecting) ? metric : undefined;
  };
  try {
    const pace = new Pace(signal);
    const pending: (Family | Promise<Family | undefined>)[] = [];
    for (const metric of metricsOf(registry)) {
      if (!RegisteredMetric.is(metric)) pending.push(read(metric));
      else if (metric.collector === undefined) pending.push(metric.metric);
      else pending.push(upToDate(metric.collector, metric.metric));
      if (pace.isOver) await pace.rest();
    }
    for (const family of pending) {
      const collected = family instanceof Promise ? await family : family;
      signal?.throwIfAborted();
      if (collected !== undefined) yield collected;
    }
  } finally {
    deadline.clear();
  }
}

function metricsOf(registry: AnyRegistry): (RegisteredMetric | ReadableMetric)[] {
  return registry.getMetricsAsArray() as unknown as (RegisteredMetric | ReadableMetric)[];
}

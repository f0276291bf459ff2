import type { ClientSample, SampleFamily } from '../exposition/family.js';
import type { ReadableMetric } from './collector-calls.js';

/** What prom-client's metrics keep, as far as it is read here. Nothing of it is sure to be there. */
interface ClientInsides extends ReadableMetric {
  readonly type?: unknown;
  readonly help?: unknown;
  readonly collect?: unknown;
  readonly upperBounds?: readonly number[];
  readonly hashMap?: Readonly<Record<string, ClientEntry>>;
  /** In place of `hashMap`, of prom-client's successor. */
  readonly store?: { values?(): Iterable<ClientEntry> };
}

interface ClientEntry {
  readonly labels?: object;
  readonly value?: unknown;
  readonly sum?: unknown;
  readonly count?: unknown;
  readonly bucketValues?: Readonly<Record<string, number>>;
}

/**
 * What a metric of prom-client has counted, read at once: at the end of a process nothing can wait
 * for `get()`. Its `collect()` is not called, and a gauge that has one is not read, since it may be
 * in the middle of being set.
 *
 * Without the insides that are known here, the values that were read last have to do. It can go when
 * prom-client's metrics can be read without waiting.
 */
export function clientValuesNow(metric: ReadableMetric): SampleFamily | undefined {
  const { name, type, help, collect } = metric as ClientInsides;
  if (type === 'gauge' && collect !== undefined) return undefined;
  const entries = entriesOf(metric);
  if (entries === undefined) return undefined;
  const values: ClientSample[] = [];
  for (const { labels = {}, value, sum, count, bucketValues } of entries) {
    if (value !== undefined) values.push({ labels, value });
    if (count === undefined) continue;
    values.push({ labels, value: sum, metricName: `${name}_sum` });
    values.push({ labels, value: count, metricName: `${name}_count` });
    let upTo = 0;
    for (const le of (metric as ClientInsides).upperBounds ?? []) {
      upTo += bucketValues?.[le] ?? 0;
      values.push({ labels: { ...labels, le }, value: upTo, metricName: `${name}_bucket` });
    }
  }
  return { name, help, type, values };
}

function entriesOf({ hashMap, store }: ClientInsides): ClientEntry[] | undefined {
  if (typeof hashMap === 'object') return Object.values(hashMap);
  if (typeof store?.values !== 'function') return undefined;
  // The value of a summary is an object that has its sum and count.
  return Array.from(store.values(), ({ value, ...entry }) =>
    typeof value === 'object' ? { ...entry, ...value } : { ...entry, value },
  );
}

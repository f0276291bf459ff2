import type { Calls, Reading } from './reading.js';

/** One route or handler over the last seconds. */
export interface Row {
  readonly row: string;
  readonly title: string;
  /** Calls a second. */
  readonly rate: number;
  /** 0 to 1; NaN without a call. */
  readonly errors: number;
  /** Seconds; NaN without a call. */
  readonly p95: number;
  /** Of the time that all of them took, 0 to 1. */
  readonly time: number;
}

/** What happened between two readings. */
export interface Change {
  readonly requests: number;
  readonly errors: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly cpu: number;
  readonly routes: readonly Row[];
  readonly handlers: readonly Row[];
}

/** A counter that has stepped back began anew with its process. */
function grown(now: number, before: number): number {
  return now >= before ? now - before : now;
}

export function changeOf(now: Reading, before: Reading): Change {
  const time = Math.max(1e-3, (now.at - before.at) / 1000);
  const requests = grown(now.requests, before.requests);
  const errors = now.requests >= before.requests ? grown(now.errors, before.errors) : now.errors;
  const routes = differences(now.routes, before.routes);
  const all = merged(routes);
  const cpu =
    now.cpu === undefined || before.cpu === undefined ? NaN : grown(now.cpu, before.cpu) / time;
  return {
    requests: requests / time,
    errors: requests === 0 ? NaN : errors / requests,
    p50: quantile(all, 0.5),
    p95: quantile(all, 0.95),
    p99: quantile(all, 0.99),
    cpu,
    routes: rowsOf(routes, time),
    handlers: rowsOf(differences(now.handlers, before.handlers), time),
  };
}

function differences(now: readonly Calls[], before: readonly Calls[]): Calls[] {
  const earlier = new Map(before.map((calls) => [calls.key, calls]));
  return now.map((calls) => {
    const known = earlier.get(calls.key);
    if (known === undefined || known.count > calls.count) return calls;
    const buckets = new Map(
      [...calls.buckets].map(([bound, value]) => [bound, value - (known.buckets.get(bound) ?? 0)]),
    );
    return { ...calls, count: calls.count - known.count, sum: calls.sum - known.sum, buckets };
  });
}

function merged(calls: readonly Calls[]): Map<number, number> {
  const buckets = new Map<number, number>();
  for (const each of calls) {
    for (const [bound, value] of each.buckets)
      buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  return buckets;
}

function rowsOf(calls: readonly Calls[], time: number): Row[] {
  const byTitle = new Map<string, Calls[]>();
  for (const each of calls) byTitle.set(each.title, [...(byTitle.get(each.title) ?? []), each]);
  const whole = calls.reduce((sum, each) => sum + each.sum, 0);
  return [...byTitle].map(([title, group]) => {
    const count = group.reduce((sum, each) => sum + each.count, 0);
    const failed = group.reduce((sum, each) => sum + (each.isError ? each.count : 0), 0);
    const spent = group.reduce((sum, each) => sum + each.sum, 0);
    return {
      row: group[0]?.row ?? '',
      title,
      rate: count / time,
      errors: count === 0 ? NaN : failed / count,
      p95: quantile(merged(group), 0.95),
      time: whole === 0 ? NaN : spent / whole,
    };
  });
}

/** As `histogram_quantile()` of Prometheus: even within a bucket. */
export function quantile(buckets: ReadonlyMap<number, number>, q: number): number {
  const bounds = [...buckets.keys()].sort((a, b) => a - b);
  const total = buckets.get(Infinity) ?? 0;
  if (total === 0) return NaN;
  const rank = q * total;
  let below = 0;
  let from = 0;
  for (const bound of bounds) {
    const upTo = buckets.get(bound) ?? 0;
    if (upTo >= rank) {
      if (bound === Infinity) return from;
      return upTo === below ? bound : from + ((bound - from) * (rank - below)) / (upTo - below);
    }
    below = upTo;
    from = bound;
  }
  return from;
}

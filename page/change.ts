import type { AllCalls, Calls, Reading } from './reading.js';

/** One route or handler over the last seconds. */
export interface Row {
  readonly row: string;
  readonly title: string;
  /** Calls a second. */
  readonly rate: number;
  /** 0 to 1; NaN without a call. */
  readonly errors: number;
  /** Calls that failed. */
  readonly failed: number;
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
  const { bounds } = now.routes;
  const routes = differences(now.routes, before.routes);
  const all = merged(routes);
  const cpu =
    now.cpu === undefined || before.cpu === undefined ? NaN : grown(now.cpu, before.cpu) / time;
  return {
    requests: requests / time,
    errors: requests === 0 ? NaN : errors / requests,
    p50: quantile(bounds, all, 0.5),
    p95: quantile(bounds, all, 0.95),
    p99: quantile(bounds, all, 0.99),
    cpu,
    routes: rowsOf(routes, bounds, time),
    handlers: rowsOf(differences(now.handlers, before.handlers), now.handlers.bounds, time),
  };
}

/** Buckets whose bounds are others than before began anew. */
function differences(now: AllCalls, before: AllCalls): Calls[] {
  const earlier = new Map(before.calls.map((calls) => [calls.key, calls]));
  const haveSameBounds = String(now.bounds) === String(before.bounds);
  return now.calls.map((calls) => {
    const known = earlier.get(calls.key);
    if (known === undefined || known.count > calls.count || !haveSameBounds) return calls;
    const buckets = calls.buckets.map((value, index) => value - (known.buckets[index] ?? 0));
    return { ...calls, count: calls.count - known.count, sum: calls.sum - known.sum, buckets };
  });
}

function merged(calls: readonly Calls[]): number[] {
  const buckets: number[] = [];
  for (const each of calls) {
    for (const [index, value] of each.buckets.entries())
      buckets[index] = (buckets[index] ?? 0) + value;
  }
  return buckets;
}

function rowsOf(calls: readonly Calls[], bounds: readonly number[], time: number): Row[] {
  const byTitle = new Map<string, Calls[]>();
  for (const each of calls) {
    const group = byTitle.get(each.title);
    if (group === undefined) byTitle.set(each.title, [each]);
    else group.push(each);
  }
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
      failed,
      p95: count === 0 ? NaN : quantile(bounds, merged(group), 0.95),
      time: whole === 0 ? NaN : spent / whole,
    };
  });
}

/** As `histogram_quantile()` of Prometheus: even within a bucket. */
export function quantile(bounds: readonly number[], buckets: readonly number[], q: number): number {
  const total = buckets.at(-1) ?? 0;
  if (total === 0 || bounds.at(-1) !== Infinity) return NaN;
  const rank = q * total;
  let below = 0;
  let from = 0;
  for (const [index, bound] of bounds.entries()) {
    const upTo = buckets[index] ?? 0;
    if (upTo >= rank) {
      if (bound === Infinity) return from;
      return upTo === below ? bound : from + ((bound - from) * (rank - below)) / (upTo - below);
    }
    below = upTo;
    from = bound;
  }
  return from;
}

import type { Families, Sample } from './exposition.js';

/** What the page has to know of the application. */
export interface Config {
  /** Of the endpoint, relative to the page. */
  readonly endpoint: string;
  /** Of the default metrics, with its `_`. */
  readonly prefix: string;
  readonly groupBy: string;
  /** Of the metrics of the process. */
  readonly processPrefix: string;
}

/** Counts of calls of one kind since the process began. */
export interface Calls {
  readonly key: string;
  readonly row: string;
  readonly title: string;
  readonly isError: boolean;
  count: number;
  sum: number;
  /** Cumulative, by upper bound. */
  readonly buckets: Map<number, number>;
}

/** What one answer of the endpoint says, at its moment. */
export interface Reading {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly requests: number;
  readonly errors: number;
  readonly inProgress: number | undefined;
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly lag: number | undefined;
  /** The latest start of a process, in seconds since the epoch. */
  readonly startedAt: number | undefined;
  readonly routes: readonly Calls[];
  readonly handlers: readonly Calls[];
}

export function readingOf(found: Families, config: Config, at: number): Reading {
  const { prefix, processPrefix, groupBy } = config;
  const samples = (name: string): readonly Sample[] => found.get(name)?.samples.get(name) ?? [];
  const requests = samples(`${prefix}http_request_total`);
  const of = (name: string): readonly number[] =>
    samples(processPrefix + name).map(({ value }) => value);
  const inProgress = samples(`${prefix}http_requests_in_progress`).map(({ value }) => value);
  return {
    at,
    requests: sum(requests.map(({ value }) => value)),
    errors: sum(requests.filter(isError).map(({ value }) => value)),
    inProgress: inProgress.length === 0 ? undefined : sum(inProgress),
    cpu: total(of('process_cpu_seconds_total')),
    memory: total(of('process_resident_memory_bytes')),
    lag: largest(of('nodejs_eventloop_lag_seconds')),
    startedAt: largest(of('process_start_time_seconds')),
    routes: callsOf(found, `${prefix}http_request_duration_seconds`, (labels) => ({
      row: labels[groupBy] ?? '',
      title: `${labels['method'] ?? ''} ${labels[groupBy] ?? ''}`,
    })),
    handlers: callsOf(found, `${prefix}handler_duration_seconds`, (labels) => ({
      row: labels['handler'] ?? '',
      title: `${labels['kind'] ?? ''} ${labels['handler'] ?? ''}`,
    })),
  };
}

function isError({ labels }: Sample): boolean {
  return labels['outcome'] === 'error' || labels['status']?.startsWith('5') === true;
}

type Name = (labels: Sample['labels']) => { readonly row: string; readonly title: string };

function callsOf(found: Families, name: string, nameOf: Name): Calls[] {
  const family = found.get(name);
  const byKey = new Map<string, Calls>();
  const callsFor = (sample: Sample): Calls => {
    const { row, title } = nameOf(sample.labels);
    const failed = isError(sample);
    const key = `${failed ? 'e' : 's'} ${title}`;
    let calls = byKey.get(key);
    if (calls === undefined) {
      calls = { key, row, title, isError: failed, count: 0, sum: 0, buckets: new Map() };
      byKey.set(key, calls);
    }
    return calls;
  };
  for (const sample of family?.samples.get(`${name}_count`) ?? [])
    callsFor(sample).count += sample.value;
  for (const sample of family?.samples.get(`${name}_sum`) ?? [])
    callsFor(sample).sum += sample.value;
  for (const sample of family?.samples.get(`${name}_bucket`) ?? []) {
    const { buckets } = callsFor(sample);
    const bound = sample.labels['le'] === '+Inf' ? Infinity : Number(sample.labels['le']);
    buckets.set(bound, (buckets.get(bound) ?? 0) + sample.value);
  }
  return [...byKey.values()];
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function total(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : sum(values);
}

function largest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

import { labelsOf, type Families, type Labels, type Sample } from './exposition.js';

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
  /** Cumulative, by the place of their upper bound among those of the reading. */
  readonly buckets: number[];
}

/** Counts of all calls of one kind. */
export interface AllCalls {
  /** Upper bounds of the buckets, ascending. */
  readonly bounds: readonly number[];
  readonly calls: readonly Calls[];
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
  readonly routes: AllCalls;
  readonly handlers: AllCalls;
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
    errors: sum(requests.filter((sample) => isError(labelsOf(sample))).map(({ value }) => value)),
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

function isError(labels: Labels): boolean {
  return labels['outcome'] === 'error' || labels['status']?.startsWith('5') === true;
}

type Name = (labels: Labels) => { readonly row: string; readonly title: string };

function callsOf(found: Families, name: string, nameOf: Name): AllCalls {
  const samples = (suffix: string): readonly Sample[] =>
    found.get(name)?.samples.get(name + suffix) ?? [];
  const byKey = new Map<string, Calls>();
  const byLabels = new Map<string, Calls>();
  const buckets = samples('_bucket');
  const bounds = [...new Set(buckets.map(({ le }) => le))].sort((a, b) => a - b);
  const place = new Map(bounds.map((bound, index) => [bound, index]));
  const callsFor = (sample: Sample): Calls => {
    const known = byLabels.get(sample.labels);
    if (known !== undefined) return known;
    const labels = labelsOf(sample);
    const { row, title } = nameOf(labels);
    const failed = isError(labels);
    const key = `${failed ? 'e' : 's'} ${title}`;
    let calls = byKey.get(key);
    if (calls === undefined) {
      const none = bounds.map(() => 0);
      calls = { key, row, title, isError: failed, count: 0, sum: 0, buckets: none };
      byKey.set(key, calls);
    }
    byLabels.set(sample.labels, calls);
    return calls;
  };
  for (const sample of samples('_count')) callsFor(sample).count += sample.value;
  for (const sample of samples('_sum')) callsFor(sample).sum += sample.value;
  for (const sample of buckets) {
    const index = place.get(sample.le) ?? 0;
    const counts = callsFor(sample).buckets;
    counts[index] = (counts[index] ?? 0) + sample.value;
  }
  return { bounds, calls: [...byKey.values()] };
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

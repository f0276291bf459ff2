import { secondsOf, WINDOWS } from './burn-rates.js';
import type { Names } from './names.js';
import { callRate, fastRate, selector, sumBy, type Matchers } from './promql.js';

export interface Rule {
  readonly record: string;
  readonly expr: string;
}

/** `5xx`: what the application answers for. 499, a client that went away, is none of its errors. */
const FAILED = 'status=~"5.."';

/**
 * What a counter grew by a second, by job. `rate()` misses the first value of a series that is new,
 * that of the first error say: it is added where the target was scraped before the series was there.
 */
export function growth(
  name: string,
  matchers: Matchers,
  labels: readonly string[],
  window: string,
): string {
  const series = selector(name, matchers);
  const rate = sumBy(labels, `rate(${series}[${window}])`);
  const isNew = `(min_over_time(${series}[${window}]) unless ${series} offset ${window})`;
  const isKnownTarget = `on (job, instance) up offset ${window}`;
  const first = sumBy(labels, `${isNew} and ${isKnownTarget}`);
  return `(${rate} + ${first} / ${secondsOf(window)}) or ${rate}`;
}

function slowRatio(
  histogram: string,
  matchers: Matchers,
  labels: readonly string[],
  seconds: number,
  window: string,
): string {
  const fast = fastRate(histogram, matchers, labels, seconds, window);
  return `1 - (${fast}) / (${callRate(histogram, matchers, labels, window)})`;
}

/** Name of a recorded series: level, metric and operation. */
export function recorded(level: string, metric: string, operation: string): string {
  return `${level}:${metric}:${operation}`;
}

/** The share of what one recorded rate is of another; 0 where it is not there. */
function share(part: string, whole: string): string {
  return `(${part} or ${whole} * 0) / ${whole}`;
}

/** What the recorded series of a metric are named after: without the suffix of its type. */
export function subjectOf(metric: string): string {
  return metric.replace(/_total$/, '');
}

/** Rates, errors and latency of the HTTP requests, by job and by the label of the groups. */
export function httpRecordings(names: Names, latency: number, groupBy: string | undefined): Rule[] {
  const duration = names.httpRequestDuration;
  const requests = subjectOf(names.httpRequests);
  const rules = WINDOWS.flatMap((window) => {
    const all = recorded('job', requests, `rate${window}`);
    const failed = recorded('job', requests, `errors_rate${window}`);
    return [
      { record: all, expr: growth(names.httpRequests, [], ['job'], window) },
      { record: failed, expr: growth(names.httpRequests, [FAILED], ['job'], window) },
      {
        record: recorded('job', requests, `errors_ratio_rate${window}`),
        expr: share(failed, all),
      },
      {
        record: recorded('job', duration, `slow_ratio_rate${window}`),
        expr: slowRatio(duration, [], ['job'], latency, window),
      },
    ];
  });
  rules.push(...quantiles('job', duration, ['job']));
  if (groupBy === undefined) return rules;
  const level = `job_${groupBy}`;
  const labels = ['job', groupBy];
  const all = recorded(level, duration, 'rate5m');
  const failed = recorded(level, duration, 'errors_rate5m');
  return [
    ...rules,
    { record: all, expr: callRate(duration, [], labels, '5m') },
    { record: failed, expr: callRate(duration, [FAILED], labels, '5m') },
    { record: recorded(level, duration, 'errors_ratio_rate5m'), expr: share(failed, all) },
    ...quantiles(level, duration, labels),
  ];
}

function quantiles(level: string, histogram: string, labels: readonly string[]): Rule[] {
  return [0.5, 0.95, 0.99].map((quantile) => {
    const classic = sumBy([...labels, 'le'], `rate(${histogram}_bucket[5m])`);
    const native = sumBy(labels, `rate(${histogram}[5m])`);
    return {
      record: recorded(level, histogram, `p${quantile * 100}_5m`),
      expr: `histogram_quantile(${quantile}, ${classic}) or histogram_quantile(${quantile}, ${native})`,
    };
  });
}

/** What one objective of a route or a handler is measured by, for each window. */
export function objectiveRecordings(
  id: string,
  histogram: string,
  matchers: Matchers,
  failed: string,
  latency: number | undefined,
): Rule[] {
  const subject = `objective_${id}`;
  return WINDOWS.flatMap((window) => {
    const all = recorded('job', subject, `rate${window}`);
    const failures = recorded('job', subject, `errors_rate${window}`);
    const rules = [
      { record: all, expr: callRate(histogram, matchers, ['job'], window) },
      { record: failures, expr: callRate(histogram, [...matchers, failed], ['job'], window) },
      {
        record: recorded('job', subject, `errors_ratio_rate${window}`),
        expr: share(failures, all),
      },
    ];
    if (latency === undefined) return rules;
    const expr = slowRatio(histogram, matchers, ['job'], latency, window);
    return [...rules, { record: recorded('job', subject, `slow_ratio_rate${window}`), expr }];
  });
}

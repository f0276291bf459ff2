import type { Alert } from './burn-alerts.js';
import type { Names } from './names.js';
import { growth } from './recording-rules.js';

/** Alerts on the process, its jobs and its exporter. */
export function healthAlerts(names: Names, runbookOf: (alert: string) => string): Alert[] {
  const make = (
    alert: string,
    severity: 'critical' | 'warning',
    duration: string,
    expr: string,
    summary: string,
    description: string,
  ): Alert => ({
    alert,
    expr,
    for: duration,
    labels: { severity },
    annotations: { summary, description, runbook_url: runbookOf(alert) },
  });
  const target = '{{ $labels.job }} on {{ $labels.instance }}';
  // Jobs that have shown these metrics lately: other targets are none of these rules' business.
  const jobs = `count by (job) (last_over_time(${names.exporterInfo}[1d]))`;
  const duration = names.handlerDuration;
  const jobKinds = 'kind=~"cron|interval|timeout|queue"';
  return [
    make(
      'NestjsTargetDown',
      'critical',
      '5m',
      `up == 0 and on (job) ${jobs}`,
      `${target} cannot be scraped`,
      'Prometheus has got no metrics from this target for 5 minutes: the process is gone, does not answer, or its endpoint refuses the scraper.',
    ),
    make(
      'NestjsTargetGone',
      'critical',
      '5m',
      `${jobs} unless on (job) count by (job) (up)`,
      '{{ $labels.job }} has no target any more',
      'No target of this job is known to Prometheus any more, although there was one within the last day.',
    ),
    make(
      'NestjsScheduledRunOverdue',
      'warning',
      '1m',
      `time() - (${names.handlerNextRun} > 0) > 300`,
      '{{ $labels.handler }} of {{ $labels.job }} is overdue by {{ $value | humanizeDuration }}',
      'The scheduler had planned a run of this handler that has not begun: its last run hangs, or the event loop is blocked.',
    ),
    make(
      'NestjsJobFailing',
      'warning',
      '5m',
      [
        `sum by (job, kind, handler) (increase(${duration}_count{${jobKinds}, outcome="error"}[1h]) or histogram_count(increase(${duration}{${jobKinds}, outcome="error"}[1h]))) > 0`,
        `unless sum by (job, kind, handler) (increase(${duration}_count{${jobKinds}, outcome="success"}[1h]) or histogram_count(increase(${duration}{${jobKinds}, outcome="success"}[1h]))) > 0`,
      ].join('\n'),
      '{{ $labels.handler }} of {{ $labels.job }} fails each time',
      'Within the last hour, each run of this handler has failed.',
    ),
    make(
      'NestjsEventLoopSaturated',
      'warning',
      '10m',
      'sum by (job, instance) (rate(nodejs_eventloop_time_seconds_total{state="active"}[5m])) / sum by (job, instance) (rate(nodejs_eventloop_time_seconds_total[5m])) > 0.9',
      `${target}: the event loop is busy for {{ $value | humanizePercentage }} of the time`,
      'The event loop has hardly any time left: requests wait for each other. Give the process less work, or more of its kind.',
    ),
    make(
      'NestjsHeapNearLimit',
      'warning',
      '10m',
      'nodejs_heap_size_used_bytes / nodejs_heap_size_limit_bytes > 0.9',
      `${target}: {{ $value | humanizePercentage }} of the largest possible heap is in use`,
      'Node.js ends the process when its heap reaches the limit.',
    ),
    make(
      'NestjsMemoryNearLimit',
      'warning',
      '10m',
      'process_resident_memory_bytes / process_memory_limit_bytes > 0.9',
      `${target}: {{ $value | humanizePercentage }} of the memory of the container is in use`,
      'The system ends the process when the container reaches its limit.',
    ),
    make(
      'NestjsLabelOverflow',
      'warning',
      '0m',
      `(${growth(names.labelOverflow, [], ['job', 'metric'], '1h')}) > 0`,
      '{{ $labels.job }}: labels of {{ $labels.metric }} overflow',
      'The metric has reached the limit of its label sets: new label values are recorded as _other. Sums stay right.',
    ),
    make(
      'NestjsScrapeErrors',
      'warning',
      '10m',
      `(${growth(names.scrapeErrors, [], ['job', 'instance', 'cause'], '10m')}) > 0`,
      `${target}: scrapes have failed ({{ $labels.cause }})`,
      'The exporter could not answer scrapes, or had to leave metrics out; the log of the application says why.',
    ),
  ];
}

import { quantile, RANGE, TARGETS } from './http-rows.js';
import type { Names } from './names.js';
import type { PanelSpec, RowSpec } from './panels.js';
import { callRate, sumBy } from './promql.js';

const ON = TARGETS.join(', ');

/** A panel of lines, the most common one. */
function lines(
  title: string,
  description: string,
  unit: string,
  queries: readonly (readonly [legend: string, expr: string])[],
  more: Partial<PanelSpec> = {},
): PanelSpec {
  return {
    title,
    description,
    type: 'timeseries',
    unit,
    queries: queries.map(([legend, expr]) => ({ legend, expr })),
    min: 0,
    ...more,
  };
}

export function handlersRow(names: Names, collapsed: boolean): RowSpec {
  const duration = names.handlerDuration;
  const calls = callRate(duration, TARGETS, ['kind', 'handler'], RANGE);
  const failed = callRate(duration, [...TARGETS, 'outcome="error"'], ['kind', 'handler'], RANGE);
  const legend = '{{kind}} {{handler}}';
  return {
    title: 'Handlers and jobs',
    collapsed,
    panels: [
      lines('Calls', 'Calls a second of handlers that serve no HTTP request.', 'ops', [
        [legend, calls],
      ]),
      lines(
        'Share of failed calls',
        'Share of the calls that failed. The log of the application says of what.',
        'percentunit',
        [[legend, `((${failed}) or (${calls}) * 0) / (${calls})`]],
        { max: 1 },
      ),
      lines('Duration of calls', 'Seconds in which 95 % of the calls are over.', 's', [
        [legend, quantile(0.95, duration, TARGETS, ['kind', 'handler'])],
      ]),
      lines(
        'Calls in progress',
        'Calls that are under way. A job that hangs stays here.',
        'short',
        [[legend, `sum by (kind, handler) (${names.handlersInProgress}{${ON}})`]],
        { width: 6 },
      ),
      lines(
        'Since the last success',
        'Time since a job succeeded last. When it exceeds what the job allows, look at its errors.',
        's',
        [[legend, `time() - max by (kind, handler) (${names.handlerLastSuccess}{${ON}} > 0)`]],
        { width: 6 },
      ),
      lines(
        'Until the next run',
        'Time until a scheduled job runs next. Below 0 it is overdue.',
        's',
        [[legend, `min by (kind, handler) (${names.handlerNextRun}{${ON}} > 0) - time()`]],
        { width: 6 },
      ),
      lines(
        'Wait in the queue',
        'Seconds for which 95 % of the jobs waited. When it rises, there are too few workers.',
        's',
        [['{{handler}}', quantile(0.95, names.queueWait, TARGETS, ['handler'])]],
        { width: 6 },
      ),
      lines(
        'Attempts',
        'Attempts at jobs a second, by how they ended.',
        'ops',
        [
          [
            '{{handler}} {{outcome}}',
            `sum by (handler, outcome) (rate(${names.queueAttempts}{${ON}}[${RANGE}]))`,
          ],
        ],
        { width: 12 },
      ),
    ],
  };
}

export function outgoingRow(names: Names, collapsed: boolean): RowSpec {
  const http = names.httpClientDuration;
  const db = names.dbClientDuration;
  const failedHttp = callRate(http, [...TARGETS, 'status=~"5..|error"'], ['host'], RANGE);
  const failedDb = callRate(db, [...TARGETS, 'outcome="error"'], ['system'], RANGE);
  return {
    title: 'What the application waits for',
    collapsed,
    panels: [
      lines('Outgoing requests', 'Requests a second to each host.', 'reqps', [
        ['{{host}}', callRate(http, TARGETS, ['host'], RANGE)],
      ]),
      lines(
        'Outgoing latency',
        'Seconds in which 95 % of the requests to each host are answered. When it rises together with the latency of the routes, it is them.',
        's',
        [['{{host}}', quantile(0.95, http, TARGETS, ['host'])]],
        { exemplars: true },
      ),
      lines(
        'Outgoing errors',
        'Requests a second to each host that failed or were answered with a 5xx.',
        'reqps',
        [['{{host}}', failedHttp]],
      ),
      lines('Database operations', 'Operations a second.', 'ops', [
        ['{{system}} {{operation}}', callRate(db, TARGETS, ['system', 'operation'], RANGE)],
      ]),
      lines('Database latency', 'Seconds in which 95 % of the operations are over.', 's', [
        ['{{system}} {{operation}}', quantile(0.95, db, TARGETS, ['system', 'operation'])],
      ]),
      lines('Database errors', 'Operations a second that failed.', 'ops', [
        ['{{system}}', failedDb],
      ]),
    ],
  };
}

function each(name: string): string {
  return `${name}{${ON}}`;
}

function rate(name: string): string {
  return `rate(${each(name)}[${RANGE}])`;
}

/** Seconds a second that the event loops spent, in one state or in all. */
function loop(matcher: string): string {
  const series = `nodejs_eventloop_time_seconds_total{${ON}${matcher}}`;
  return sumBy(['instance'], `rate(${series}[${RANGE}])`);
}

export function runtimeRow(): RowSpec {
  const legend = '{{instance}}';
  return {
    title: 'Process and runtime',
    panels: [
      lines('CPU', 'Cores that the process uses, and how many its container may use.', 'short', [
        [legend, rate('process_cpu_seconds_total')],
        [`limit of ${legend}`, each('process_cpu_limit_cores')],
      ]),
      lines(
        'Memory',
        'Memory of the process, and how much its container may use. One that only rises is a leak.',
        'bytes',
        [
          [legend, each('process_resident_memory_bytes')],
          [`limit of ${legend}`, each('process_memory_limit_bytes')],
        ],
      ),
      lines('Heap', 'The JavaScript heap, and how large it may be.', 'bytes', [
        [legend, each('nodejs_heap_size_used_bytes')],
        [`limit of ${legend}`, each('nodejs_heap_size_limit_bytes')],
      ]),
      lines(
        'Event loop, busy',
        'Share of the time in which the event loop was busy. Above 80 %, requests wait for each other.',
        'percentunit',
        [[legend, `${loop(', state="active"')} / ${loop('')}`]],
        { max: 1, width: 6 },
      ),
      lines(
        'Event loop, lag',
        'How late timers are. Something that blocks the event loop shows here.',
        's',
        [
          [`p99 of ${legend}`, each('nodejs_eventloop_lag_p99_seconds')],
          [`mean of ${legend}`, each('nodejs_eventloop_lag_mean_seconds')],
        ],
        { width: 6 },
      ),
      lines(
        'Garbage collection',
        'Share of the time that collecting garbage took. Above 10 %, the heap is too small, or too much is thrown away.',
        'percentunit',
        [
          [
            `${legend} {{kind}}`,
            `sum by (instance, kind) (${rate('nodejs_gc_duration_seconds_sum')})`,
          ],
        ],
        { width: 6 },
      ),
      lines(
        'File descriptors',
        'Descriptors that are open, as a share of those that may be. One that only rises is a leak.',
        'percentunit',
        [[legend, `${each('process_open_fds')} / ${each('process_max_fds')}`]],
        { width: 6, max: 1 },
      ),
    ],
  };
}

function rateBy(name: string, label: string): string {
  return `sum by (${label}) (${rate(name)})`;
}

export function exporterRow(names: Names): RowSpec {
  return {
    title: 'The exporter itself',
    collapsed: true,
    panels: [
      lines('Samples of a scrape', 'How many samples Prometheus stores of each target.', 'short', [
        ['{{instance}}', `scrape_samples_scraped{${ON}}`],
      ]),
      lines('Duration of a scrape', 'Seconds that a scrape takes, as Prometheus sees it.', 's', [
        ['{{instance}}', `scrape_duration_seconds{${ON}}`],
      ]),
      lines(
        'Failures of scrapes',
        'Scrapes that were refused or incomplete, by cause; the log of the application says more.',
        'ops',
        [['{{cause}}', rateBy(names.scrapeErrors, 'cause')]],
      ),
      lines(
        'Label overflow',
        'Recordings whose label values were replaced, by metric. Use fewer label values, or raise `maxSeries`.',
        'ops',
        [['{{metric}}', rateBy(names.labelOverflow, 'metric')]],
      ),
      lines('Failing label functions', 'Label functions that threw or gave no value.', 'ops', [
        ['{{metric}}', rateBy(names.labelErrors, 'metric')],
      ]),
      lines('Processes', 'Processes that share a directory, by their state.', 'short', [
        ['{{state}}', `max by (state) (${names.processes}{${ON}})`],
      ]),
    ],
  };
}

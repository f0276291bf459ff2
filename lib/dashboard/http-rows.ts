import type { PanelSpec, RowSpec } from './panels.js';
import type { Names } from './names.js';
import { callRate, sumBy, timeRate } from './promql.js';

/** What panels choose among: variables of the dashboard. */
export const TARGETS = ['job=~"$job"', 'instance=~"$instance"'];
export const RANGE = '$__rate_interval';
const FAILED = 'status=~"5.."';

/** What is drawn of a histogram: classic buckets, or native ones, as the variable says. */
export function quantile(
  q: number,
  histogram: string,
  matchers: readonly string[],
  labels: readonly string[],
): string {
  const series = `{__name__=~"${histogram}$histogram", ${matchers.join(', ')}}`;
  return `histogram_quantile(${q}, ${sumBy(['le', ...labels], `rate(${series}[${RANGE}])`)})`;
}

export function objectivesRow(names: Names): RowSpec {
  const all = `sum(increase(${names.httpRequests}{${TARGETS.join(', ')}}[30d]))`;
  const failed = `(sum(increase(${names.httpRequests}{${[...TARGETS, FAILED].join(', ')}}[30d])) or ${all} * 0)`;
  const share = `${failed} / ${all}`;
  return {
    title: 'Objectives',
    panels: [
      {
        title: 'Error budget left',
        description:
          'Share of the error budget of 30 days that is left, for the objective that the variable `slo` names. Below 0 it is spent: stop what is risky, and find out which route fails.',
        type: 'stat',
        unit: 'percentunit',
        queries: [{ expr: `1 - (${share}) / (1 - $slo / 100)`, legend: 'left' }],
        width: 6,
        thresholds: [0.1, 0.5],
        isHighGood: true,
      },
      {
        title: 'Availability, 30 days',
        description:
          'Share of the requests that were answered with something else than a 5xx. Below the objective, look at the routes that fail.',
        type: 'stat',
        unit: 'percentunit',
        queries: [{ expr: `1 - ${share}`, legend: 'availability' }],
        width: 6,
        max: 1,
      },
      {
        title: 'Targets up',
        description:
          'Processes that Prometheus can scrape, of those that it knows. One that is missing has ended, or does not answer.',
        type: 'stat',
        unit: 'short',
        queries: [
          { expr: `sum(up{${TARGETS.join(', ')}})`, legend: 'up' },
          { expr: `count(up{${TARGETS.join(', ')}})`, legend: 'known' },
        ],
        width: 6,
      },
      {
        title: 'Versions',
        description: 'The versions of the exporter and of Node.js that are running.',
        type: 'stat',
        unit: 'short',
        queries: [
          {
            expr: `count by (version) (nodejs_version_info{${TARGETS.join(', ')}})`,
            legend: 'Node.js {{version}}',
          },
          {
            expr: `count by (version) (${names.exporterInfo}{${TARGETS.join(', ')}})`,
            legend: 'exporter {{version}}',
          },
        ],
        width: 6,
      },
    ],
  };
}

export function trafficRow(names: Names): RowSpec {
  const rate = (matchers: readonly string[]): string =>
    `rate(${names.httpRequests}{${matchers.join(', ')}}[${RANGE}])`;
  const duration = names.httpRequestDuration;
  return {
    title: 'Traffic, errors and latency',
    panels: [
      {
        title: 'Requests',
        description:
          'Requests a second, by status. A sudden drop means that they do not arrive any more: look at what is in front of the application.',
        type: 'timeseries',
        unit: 'reqps',
        queries: [{ expr: `sum by (status) (${rate(TARGETS)})`, legend: '{{status}}' }],
        min: 0,
      },
      {
        title: 'Share of errors',
        description:
          'Share of the requests that were answered with a 5xx. Look at the routes below, then at the log of the application.',
        type: 'timeseries',
        unit: 'percentunit',
        queries: [
          {
            expr: `(sum(${rate([...TARGETS, FAILED])}) or sum(${rate(TARGETS)}) * 0) / sum(${rate(TARGETS)})`,
            legend: '5xx',
          },
          {
            expr: `sum(${rate([...TARGETS, 'status="499"'])}) / sum(${rate(TARGETS)})`,
            legend: '499, the client went away',
          },
        ],
        min: 0,
        max: 1,
      },
      {
        title: 'Latency',
        description:
          'Seconds in which half, 95 % and 99 % of the requests are answered. When all rise, the process or what it waits for is slow; when only the last does, one route is.',
        type: 'timeseries',
        unit: 's',
        queries: [0.5, 0.95, 0.99].map((q) => ({
          expr: quantile(q, duration, TARGETS, []),
          legend: `p${q * 100}`,
        })),
        min: 0,
        exemplars: true,
      },
      {
        title: 'Distribution of the latency',
        description: 'Requests by their duration. Two bands are two kinds of requests.',
        type: 'heatmap',
        unit: 's',
        queries: [
          {
            expr: `sum by (le) (rate({__name__=~"${duration}$histogram", ${TARGETS.join(', ')}}[${RANGE}]))`,
            legend: '{{le}}',
          },
        ],
        width: 12,
      },
      {
        title: 'Exceptions',
        description:
          'Requests in which something was thrown that is no HttpException: mistakes of the code, most of the time.',
        type: 'timeseries',
        unit: 'reqps',
        queries: [
          {
            expr: `sum by (method, status) (rate(${names.httpExceptions}{${TARGETS.join(', ')}}[${RANGE}]))`,
            legend: '{{method}} {{status}}',
          },
        ],
        width: 6,
        min: 0,
      },
      {
        title: 'Requests in progress',
        description: 'Requests that are not answered yet. When it only rises, something is stuck.',
        type: 'timeseries',
        unit: 'short',
        queries: [
          {
            expr: `sum by (instance) (${names.httpInProgress}{${TARGETS.join(', ')}})`,
            legend: '{{instance}}',
          },
        ],
        width: 6,
        min: 0,
      },
    ],
  };
}

function topTen(expression: string): string {
  return `topk(10, ${expression})`;
}

export function routesRow(names: Names, groupBy: string): RowSpec {
  const duration = names.httpRequestDuration;
  const matchers = [...TARGETS, `${groupBy}=~"$route"`];
  const labels = ['method', groupBy];
  const legend = `{{method}} {{${groupBy}}}`;
  const calls = callRate(duration, matchers, labels, RANGE);
  const failed = callRate(duration, [...matchers, FAILED], labels, RANGE);
  const time = timeRate(duration, matchers, labels, RANGE);
  const panel = (
    title: string,
    description: string,
    unit: string,
    expr: string,
    more: Partial<PanelSpec> = {},
  ): PanelSpec => ({
    title,
    description,
    type: 'timeseries',
    unit,
    queries: [{ expr, legend }],
    width: 12,
    min: 0,
    ...more,
  });
  return {
    title: 'Routes',
    panels: [
      panel('Busiest routes', 'Requests a second of the ten busiest.', 'reqps', topTen(calls)),
      panel(
        'Slowest routes',
        'Seconds in which 95 % of the requests are answered, of the ten slowest. Start with the one that also has a large share of the time.',
        's',
        topTen(quantile(0.95, duration, matchers, labels)),
        { exemplars: true },
      ),
      panel(
        'Failing routes',
        'Share of the requests that were answered with a 5xx, of the ten that fail most.',
        'percentunit',
        topTen(`(${failed}) / (${calls})`),
        { max: 1 },
      ),
      panel(
        'Share of the total time',
        'Where the time of the application goes: making the first of them faster helps most.',
        'percentunit',
        topTen(`(${time}) / scalar(sum(${timeRate(duration, matchers, [], RANGE)}))`),
        { max: 1 },
      ),
    ],
  };
}

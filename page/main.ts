import type { Change, Row } from './change.js';
import { Charts } from './charts.js';
import { families } from './exposition.js';
import { bytes, cores, count, perSecond, seconds, share, time } from './format.js';
import { History } from './history.js';
import { OtherMetrics } from './other-metrics.js';
import { readingOf, type Config, type Reading } from './reading.js';
import { SortedTable, type TableRow } from './table.js';
import { Verdicts } from './verdict.js';

const EVERY = 2000;
const TIMEOUT = 10_000;
/** Each so many readings, everything is asked for, not only what is drawn. */
const EVERYTHING_EACH = 5;

const config = JSON.parse(element('config').textContent ?? '{}') as Config;
const readings = new History(`nestjs-prometheus-exporter ${location.pathname}`);
const charts = new Charts(element('charts'));
const verdicts = new Verdicts();
const others = new OtherMetrics();
let answeredAt: number | undefined;
let round = 0;
let isAsking = false;

const DRAWN = [
  `${config.prefix}http_request_total`,
  `${config.prefix}http_requests_in_progress`,
  `${config.prefix}http_request_duration_seconds`,
  `${config.prefix}handler_duration_seconds`,
  ...[
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_seconds',
    'process_start_time_seconds',
  ].map((name) => config.processPrefix + name),
];

const view = new URLSearchParams(location.hash.slice(1));
const tables = {
  slowest: table('slowest', 3),
  busiest: table('busiest', 1),
  handlers: table('handlers', 1),
  metrics: table('metrics', 0, false),
};

function element(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}

/** @param column by which it is sorted unless the address says another one */
function table(name: string, column: number, isDescending = true): SortedTable {
  const [kept, direction] = (view.get(name) ?? '').split(',');
  const order =
    kept === '' || kept === undefined
      ? { column, isDescending }
      : { column: Number(kept), isDescending: direction === 'descending' };
  const holder = document.querySelector<HTMLTableElement>(`[data-table="${name}"]`);
  const sorted = new SortedTable(holder as HTMLTableElement, order, () => {
    view.set(name, `${order.column},${order.isDescending ? 'descending' : 'ascending'}`);
    keepView();
  });
  return sorted;
}

function keepView(): void {
  history.replaceState(null, '', `#${view.toString()}`);
}

/** A figure: its number for scripts, its text for people. */
function figure(name: string, value: number | undefined, text: (value: number) => string): void {
  const holder = document.querySelector<HTMLElement>(`[data-figure="${name}"]`);
  if (holder === null) return;
  const isKnown = value !== undefined && !Number.isNaN(value);
  holder.setAttribute('data-value', isKnown ? String(value) : '');
  holder.textContent = isKnown ? text(value) : '–';
}

function routeRow({ row, title, rate, errors, p95, time: part }: Row): TableRow {
  return {
    row,
    cells: [
      { value: title, text: title },
      { value: rate, text: perSecond(rate) },
      { value: errors, text: share(errors) },
      { value: p95, text: seconds(p95) },
      { value: part, text: share(part) },
    ],
  };
}

function show(reading: Reading, change: Change | undefined): void {
  figure('requests', change?.requests, perSecond);
  figure('errors', change?.errors, share);
  figure('p50', change?.p50, seconds);
  figure('p95', change?.p95, seconds);
  figure('p99', change?.p99, seconds);
  figure('in-progress', reading.inProgress, count);
  figure('cpu', change?.cpu, cores);
  figure('memory', reading.memory, bytes);
  figure('event-loop-lag', reading.lag, seconds);
  const verdict = verdicts.of(change, reading.lag, reading.at);
  say(verdict.kind, verdict.text);
  charts.draw(readings.points);
  if (change === undefined) return;
  tables.slowest.show(change.routes.map(routeRow));
  tables.busiest.show(change.routes.map(routeRow));
  tables.handlers.show(change.handlers.map(routeRow));
  element('handlers').hidden = change.handlers.length === 0;
}

/** The verdict stands in a live region: it is written when it changes alone. */
function say(kind: string, text: string): void {
  const verdict = element('verdict');
  if (verdict.textContent === text) return;
  verdict.textContent = text;
  verdict.setAttribute('data-kind', kind);
}

function showAge(): void {
  const age = answeredAt === undefined ? undefined : (Date.now() - answeredAt) / 1000;
  element('age').textContent =
    age === undefined ? 'no data yet' : age < 5 ? 'up to date' : `${seconds(Math.round(age))} old`;
}

async function ask(): Promise<void> {
  if (isAsking || document.hidden) return;
  isAsking = true;
  const isWhole = round++ % EVERYTHING_EACH === 0;
  const query = isWhole
    ? ''
    : `?${DRAWN.map((name) => `name[]=${encodeURIComponent(name)}`).join('&')}`;
  try {
    const response = await fetch(config.endpoint + query, {
      headers: { accept: 'text/plain;version=0.0.4' },
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (!response.ok) throw new Error(`it answers with status ${response.status}`);
    const found = families(await response.text());
    const at = Date.now();
    answeredAt = at;
    const reading = readingOf(found, config, at);
    show(reading, readings.add(reading));
    if (isWhole) tables.metrics.show(others.rows(found, (name) => DRAWN.includes(name), at));
    document.documentElement.removeAttribute('data-unreachable');
  } catch (error) {
    const { name, message } = error as Error;
    const reason =
      name === 'TimeoutError'
        ? 'nothing within its time'
        : name === 'TypeError'
          ? 'no connection'
          : message;
    document.documentElement.setAttribute('data-unreachable', '');
    const since = answeredAt === undefined ? '' : ` since ${time(answeredAt)}`;
    say('silent', `the endpoint does not answer${since}: ${reason}`);
  } finally {
    isAsking = false;
    showAge();
  }
}

for (const input of document.querySelectorAll<HTMLInputElement>('[data-filter]')) {
  const names = (input.dataset['filter'] ?? '').split(' ') as (keyof typeof tables)[];
  const key = `filter-${names.join('-')}`;
  input.value = view.get(key) ?? '';
  const apply = (): void => {
    for (const name of names) tables[name].filter(input.value);
  };
  input.addEventListener('input', () => {
    if (input.value === '') view.delete(key);
    else view.set(key, input.value);
    keepView();
    apply();
  });
  apply();
}

charts.draw(readings.points);
document.addEventListener('visibilitychange', () => void ask());
setInterval(() => void ask(), EVERY);
setInterval(showAge, 1000);
void ask();

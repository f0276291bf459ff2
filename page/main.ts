import type { Change, Row } from './change.js';
import { Charts } from './charts.js';
import { families } from './exposition.js';
import { bytes, clock, cores, count, perSecond, seconds, share, time } from './format.js';
import { History, type Point } from './history.js';
import { OtherMetrics } from './other-metrics.js';
import { pause } from './pause.js';
import { readingOf, type Config, type Reading } from './reading.js';
import { SortedTable, type TableRow } from './table.js';
import { Verdicts } from './verdict.js';

const EVERY = 2000;
const TIMEOUT = 10_000;
/** Each so many readings, everything is asked for, not only what is drawn. */
const EVERYTHING_EACH = 5;
/** Milliseconds for which rates are those of now. */
const RECENT = 10_000;

const config = JSON.parse(element('config').textContent ?? '{}') as Config;
const readings = new History(`nestjs-prometheus-exporter ${location.pathname}`, memoryOfTab());
const charts = new Charts(element('charts'));
const verdicts = new Verdicts();
const others = new OtherMetrics();
let answeredAt = readings.last?.at;
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

/** Some browsers throw where a page may keep nothing. */
function memoryOfTab(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

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
function figure(name: string, value: number | null, text: (value: number) => string): void {
  const holder = document.querySelector<HTMLElement>(`[data-figure="${name}"]`);
  if (holder === null) return;
  holder.setAttribute('data-value', value === null ? '' : String(value));
  holder.textContent = value === null ? '–' : text(value);
}

function routeRow({ row, title, rate, errors, p95, time: part }: Row): TableRow {
  return {
    row,
    cells: [
      { value: title },
      { value: rate, format: perSecond },
      { value: errors, format: share },
      { value: p95, format: seconds },
      { value: part, format: share },
    ],
  };
}

function showFigures(point: Point): void {
  figure('requests', point.requests, perSecond);
  figure('errors', point.errors, share);
  figure('p50', point.p50, seconds);
  figure('p95', point.p95, seconds);
  figure('p99', point.p99, seconds);
  figure('in-progress', point.inProgress, count);
  figure('cpu', point.cpu, cores);
  figure('memory', point.memory, bytes);
  figure('event-loop-lag', point.lag, seconds);
}

async function show({ lag, at, startedAt }: Reading, change: Change | undefined): Promise<void> {
  const point = readings.last;
  const before = readings.points.at(-2);
  // A first answer tells no rates: those of a moment ago stay.
  const isFirst = change === undefined && before !== undefined && at - before.at < RECENT;
  if (point !== undefined) {
    const { memory, lag: late, inProgress } = point;
    showFigures(isFirst ? { ...before, memory, lag: late, inProgress } : point);
  }
  const verdict = verdicts.of(change, lag, at);
  say(verdict.kind, verdict.text);
  element('started').textContent =
    startedAt === undefined ? '' : `started ${startText(startedAt * 1000, at)},`;
  await pause();
  charts.draw(readings.points);
  if (change === undefined) return;
  await pause();
  const routes = change.routes.map(routeRow);
  tables.slowest.show(routes);
  tables.busiest.show(routes);
  tables.handlers.show(change.handlers.map(routeRow));
  element('handlers').hidden = change.handlers.length === 0;
}

/** The time of day of a start within the last day, else how long ago it was. */
function startText(start: number, now: number): string {
  const age = now - start;
  return age < 86_400_000 ? clock(start) : `${seconds(age / 1000)} ago`;
}

/** The verdict stands in a live region: it is written when it changes alone. */
function say(kind: string, text: string): void {
  const verdict = element('verdict');
  if (verdict.textContent === text) return;
  verdict.textContent = text;
  verdict.setAttribute('data-kind', kind);
  document.title = `${text} – Live metrics`;
}

function showAge(): void {
  const age = answeredAt === undefined ? undefined : (Date.now() - answeredAt) / 1000;
  element('age').textContent =
    age === undefined ? 'no data yet' : `data ${seconds(Math.round(age))} old`;
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
    const found = await families(await response.text());
    const at = Date.now();
    answeredAt = at;
    const reading = readingOf(found, config, at);
    await pause();
    await show(reading, readings.add(reading));
    await pause();
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
if (readings.last !== undefined) showFigures(readings.last);
document.addEventListener('visibilitychange', () => void ask());
setInterval(() => void ask(), EVERY);
setInterval(showAge, 1000);
void ask();

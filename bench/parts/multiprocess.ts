import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Registry } from 'prom-client';
import type { Family } from '../../lib/exposition/family.js';
import { TEXT_FORMAT } from '../../lib/exposition/text-formats.js';
import { renderExposition } from '../../lib/exposition/render.js';
import { DEFAULT_BUCKETS, HistogramMetric } from '../../lib/metrics/histogram.js';
import { MultiprocessSource } from '../../lib/multiprocess/multiprocess-source.js';
import { ProcessWriter } from '../../lib/multiprocess/process-writer.js';
import { Troubles } from '../../lib/multiprocess/troubles.js';
import { OwnMetrics } from '../../lib/registry/own-metrics.js';
import { markdownTable } from '../support/markdown.js';
import type { Settings } from '../support/settings.js';
import { summaryOf } from '../support/statistics.js';

const SERIES = 5000;
const PROCESSES = 16;

/** How often a process writes. */
const FLUSHES_PER_SECOND = 2;

const silent = (): void => undefined;

/**
 * What it costs to share metrics with other processes: a worker's writing, as a share of a core,
 * and a scrape of 16 workers, each with 5,000 label sets of the default histogram.
 */
export async function multiprocess({ quick }: Settings): Promise<string> {
  const workers: BenchWorker[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'multiprocess-bench-'));
  try {
    const first = newWorker(directory);
    workers.push(first);
    await first.writer.flush();
    const rounds = quick ? 3 : 300;
    const rows: string[][] = [];
    for (const changed of [SERIES, SERIES / 10, 1, 0]) {
      await flushes(first, changed, Math.ceil(rounds / 10));
      rows.push(flushRow(changed, await flushes(first, changed, rounds)));
    }
    const writing = markdownTable(
      ['label sets changed since the last flush', 'CPU, ms a flush', 'share of a core'],
      rows,
    );
    while (workers.length < PROCESSES) {
      const worker = newWorker(directory);
      workers.push(worker);
      await worker.writer.flush();
    }
    const scraping = markdownTable(
      [`scrape of ${PROCESSES} processes`, 'ms', 'longest stall, ms'],
      await scrapeRows(directory, quick ? 2 : 12),
    );
    const text = `${writing}\n\n${scraping}`;
    console.log(text);
    return text;
  } finally {
    for (const { writer } of workers) await writer.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface BenchWorker {
  readonly histogram: HistogramMetric;
  readonly writer: ProcessWriter;
}

function newWorker(directory: string): BenchWorker {
  const metrics = new OwnMetrics(new Registry());
  metrics.start();
  const histogram = metrics.use(
    new HistogramMetric({
      name: 'http_request_duration_seconds',
      help: 'Duration of HTTP requests in seconds.',
      labelNames: ['method', 'path', 'status'],
      lookupOrder: ['method', 'status', 'path'],
      maxSeries: 2 * SERIES,
      buckets: DEFAULT_BUCKETS,
    }),
  );
  for (let i = 0; i < SERIES; i++) {
    histogram.labels(['GET', `/api/articles/${i}/comments`, '200']).observe(0.03);
  }
  const writer = new ProcessWriter({
    registry: metrics.registry,
    directory,
    prefix: 'nestjs_',
    modeOf: () => 'all',
    troubles: new Troubles(silent, console.warn),
  });
  return { histogram, writer };
}

/** CPU time of each flush, that of the pool's threads included, in milliseconds. */
async function flushes(
  { histogram, writer }: BenchWorker,
  changed: number,
  rounds: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < changed; index++) histogram.series.at(index)?.observe(0.01);
    const before = process.cpuUsage();
    await writer.flush();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return times;
}

function flushRow(changed: number, times: readonly number[]): string[] {
  const { median, spread } = summaryOf(times);
  // The mean counts what the median leaves out: collections of garbage, for example.
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const share = (mean * FLUSHES_PER_SECOND) / 10;
  return [
    changed.toLocaleString('en'),
    `${median.toFixed(2)} ± ${spread.toFixed(2)}`,
    `${share.toFixed(2)} %`,
  ];
}

async function scrapeRows(directory: string, rounds: number): Promise<string[][]> {
  const troubles = new Troubles(silent, console.warn);
  const source = new MultiprocessSource({ directory, troubles });
  const first = await scrape(source);
  const times: number[] = [];
  const stalls: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { milliseconds, stall } = await scrape(source);
    times.push(milliseconds);
    stalls.push(stall);
  }
  const [time, stall] = [summaryOf(times), summaryOf(stalls)];
  return [
    ['the first one, which reads all keys', first.milliseconds.toFixed(0), first.stall.toFixed(1)],
    [
      'each later one',
      `${time.median.toFixed(0)} ± ${time.spread.toFixed(0)}`,
      `${stall.median.toFixed(1)} ± ${stall.spread.toFixed(1)}`,
    ],
  ];
}

async function scrape(
  source: MultiprocessSource,
): Promise<{ milliseconds: number; stall: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const since = performance.now();
  const families: Family[] = [];
  const limits = { milliseconds: 1000 };
  for await (const family of source.families(silent, limits)) families.push(family);
  let bytes = 0;
  const format = TEXT_FORMAT;
  for await (const chunk of renderExposition(families, { format })) bytes += chunk.length;
  const milliseconds = performance.now() - since;
  delay.disable();
  if (bytes === 0) throw new Error('nothing was rendered');
  return { milliseconds, stall: delay.max / 1e6 };
}

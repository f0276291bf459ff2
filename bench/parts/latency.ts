import type { Platform } from '../apps/contestants.js';
import type { LoadResult } from '../support/load.worker.js';
import { markdownTable } from '../support/markdown.js';
import type { PacedRequest, PacedResult } from '../support/paced-load.worker.js';
import { ratioText } from '../support/ratio-table.js';
import type { Settings } from '../support/settings.js';
import { ratios, summaryOf } from '../support/statistics.js';
import { Worker } from '../support/worker.js';

const APP = new URL('../apps/app.worker.js', import.meta.url);
const LOAD = new URL('../support/load.worker.js', import.meta.url);
const PACED_LOAD = new URL('../support/paced-load.worker.js', import.meta.url);

const NAMES = ['bare', 'library', 'naive', 'bare'];
const LABELS = ['bare', 'library', 'naive', 'bare, once more'];
const CONNECTIONS = 16;

/** Latency at a fixed rate of requests: half of what the bare application can answer. */
export async function latency(settings: Settings): Promise<string> {
  const chapters: string[] = [];
  for (const platform of settings.platforms) {
    const { rate, results } = await measure(platform, settings);
    const of = (i: number, key: 'p50' | 'p99'): number[] =>
      (results[i] as PacedResult[]).map((result) => result[key]);
    const rows = LABELS.map((label, i) => [
      label,
      ...(['p50', 'p99'] as const).flatMap((key) => [
        summaryOf(of(i, key)).median.toFixed(0),
        i === 0 ? '1' : ratioText(summaryOf(ratios(of(i, key), of(0, key)))),
      ]),
    ]);
    const head = [
      `${platform}, ${rate.toLocaleString('en')} requests/s`,
      'p50, µs',
      'ratio',
      'p99, µs',
      'ratio',
    ];
    const table = markdownTable(head, rows);
    console.log(`\n${table}`);
    chapters.push(table);
  }
  return chapters.join('\n\n');
}

async function measure(
  platform: Platform,
  settings: Settings,
): Promise<{ rate: number; results: PacedResult[][] }> {
  const workers: Worker[] = [];
  const core = settings.quick ? undefined : 0;
  try {
    const start = (name: string): Promise<Worker> =>
      Worker.start(APP, { args: [platform, name, settings.library], core });
    workers.push(...(await Promise.all(NAMES.map(start))));
    const urls = await Promise.all(workers.map((worker) => worker.ask<string>('url')));
    const rate = await halfOfMost(urls, Math.max(0.1, settings.warmUpSeconds));
    const load = await Worker.start(PACED_LOAD, { core: 1 });
    workers.push(load);
    const results: PacedResult[][] = NAMES.map(() => []);
    for (let round = 0; round < settings.starts * settings.turns; round++) {
      for (const [i, url] of urls.entries()) {
        const { seconds } = settings;
        const request = { url, path: '/hello', seconds, connections: CONNECTIONS, rate };
        results[i]?.push(await load.ask<PacedResult>('load', request satisfies PacedRequest));
      }
    }
    return { rate, results };
  } finally {
    for (const worker of workers) await worker.stop();
  }
}

/** Warms all applications up; half of what the first one answered. */
async function halfOfMost(urls: readonly string[], seconds: number): Promise<number> {
  const load = await Worker.start(LOAD, { core: 1 });
  try {
    const rates: number[] = [];
    for (const url of [...urls, urls[0]]) {
      const request = { url, paths: ['/hello'], seconds, connections: CONNECTIONS, pipelining: 1 };
      rates.push((await load.ask<LoadResult>('load', request)).perSecond);
    }
    return Math.max(100, Math.round((rates.at(-1) as number) / 200) * 100);
  } finally {
    await load.stop();
  }
}

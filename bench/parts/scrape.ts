import { get } from 'node:http';
import { markdownTable } from '../support/markdown.js';
import { ratioText } from '../support/ratio-table.js';
import type { Settings } from '../support/settings.js';
import { ratios, summaryOf } from '../support/statistics.js';
import { Worker } from '../support/worker.js';

const WORKER = new URL('../apps/scrape.worker.js', import.meta.url);

const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  text: {},
  OpenMetrics: { accept: 'application/openmetrics-text; version=1.0.0' },
  gzip: { 'accept-encoding': 'gzip' },
};

interface Scrapes {
  readonly milliseconds: number[];
  readonly stalls: number[];
  readonly cpuStalls: number[];
  peak: number;
}

/** Time, longest stall and peak memory of scrapes over HTTP, against prom-client's registry. */
export async function scrape({ quick }: Settings): Promise<string> {
  const rows: string[][] = [];
  for (const count of quick ? [100] : [100, 1000, 10_000, 100_000]) {
    const rounds = quick ? 1 : count > 10_000 ? 3 : 11;
    for (const format of Object.keys(HEADERS)) {
      const [ours, theirs] = await compare(format, count, rounds, quick ? undefined : 0);
      const time = summaryOf(ratios(ours.milliseconds, theirs.milliseconds));
      rows.push([
        `${count.toLocaleString('en')}, ${format}`,
        ...[ours, theirs].map(({ milliseconds }) => summaryOf(milliseconds).median.toFixed(1)),
        ratioText(time),
        ...[ours, theirs].map(({ stalls }) => summaryOf(stalls).median.toFixed(1)),
        ...[ours, theirs].map(({ cpuStalls }) => summaryOf(cpuStalls).median.toFixed(1)),
        ...[ours, theirs].map(({ peak }) => peak.toFixed(0)),
      ]);
    }
  }
  const head = [
    'label sets of the default histogram',
    'ms',
    'ms, prom-client',
    'ratio',
    'longest stall, ms',
    'longest stall, ms, prom-client',
    'longest stall, CPU ms',
    'longest stall, CPU ms, prom-client',
    'peak memory, MiB',
    'peak memory, MiB, prom-client',
  ];
  const table = markdownTable(head, rows);
  console.log(table);
  return (
    `${table}\n\nThe time is that of the whole request; stalls are those of other requests. A process that has to wait for a core counts as ` +
    'stalled. CPU ms leave such waiting out: they are what all threads of the process (those of V8 that ' +
    'collect garbage, those that compress) have used between two looks of the event loop at its timers, ' +
    'which are 1 ms apart.\n\n' +
    'Targets for 10,000 label sets: a ratio of 0.2, no stall over 8 ms.'
  );
}

async function compare(
  format: string,
  count: number,
  rounds: number,
  core: number | undefined,
): Promise<[Scrapes, Scrapes]> {
  const workers: Worker[] = [];
  const results: [Scrapes, Scrapes] = [noScrapes(), noScrapes()];
  try {
    const start = (whose: string): Promise<Worker> =>
      Worker.start(WORKER, {
        args: [whose, format, String(count)],
        nodeFlags: ['--expose-gc'],
        core,
      });
    workers.push(...(await Promise.all(['library', 'prom-client'].map(start))));
    for (const worker of workers) await scrapeOnce(worker, format);
    for (let round = 0; round < rounds; round++) {
      for (const [i, worker] of workers.entries()) {
        const result = results[i] as Scrapes;
        await worker.ask('collect');
        result.milliseconds.push(await scrapeOnce(worker, format));
        await worker.ask('collect');
        await worker.ask('watch');
        await scrapeOnce(worker, format);
        const { wall, cpu } = await worker.ask<{ wall: number; cpu: number }>('stall');
        result.stalls.push(wall);
        result.cpuStalls.push(cpu);
        result.peak = await worker.ask<number>('peak');
      }
    }
  } finally {
    for (const worker of workers) await worker.stop();
  }
  return results;
}

function noScrapes(): Scrapes {
  return { milliseconds: [], stalls: [], cpuStalls: [], peak: 0 };
}

async function scrapeOnce(worker: Worker, format: string): Promise<number> {
  const url = await worker.ask<string>('url');
  const start = performance.now();
  await new Promise<void>((resolve, reject) => {
    const request = get(url, { headers: HEADERS[format] ?? {}, agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`Status ${response.statusCode}`));
      response.resume().once('end', resolve).once('error', reject);
    });
    request.once('error', reject);
  });
  return performance.now() - start;
}

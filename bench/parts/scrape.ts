import { get } from 'node:http';
import { markdownTable } from '../support/markdown.js';
import { percent, ratioText } from '../support/ratio-table.js';
import type { Settings } from '../support/settings.js';
import { ratios, resolutionOf, summaryOf } from '../support/statistics.js';
import { Worker } from '../support/worker.js';

const WORKER = new URL('../apps/scrape.worker.js', import.meta.url);

const GENERATED = 'generateMetrics()';

const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  text: {},
  OpenMetrics: { accept: 'application/openmetrics-text; version=1.0.0' },
  gzip: { 'accept-encoding': 'gzip' },
  [GENERATED]: {},
};

/** The most CPU time of prom-client's that is to be needed, by number of label sets and format. */
const TARGETS: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  1000: { text: 1 / 3, OpenMetrics: 1 / 3 },
  10_000: { text: 0.15, OpenMetrics: 0.17, [GENERATED]: 0.2 },
};

/** The most CPU milliseconds that the event loop is to be kept with 10,000 label sets. */
const LONGEST_STALL = 4;

interface Scrapes {
  readonly milliseconds: number[];
  readonly cpu: number[];
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
      const [ours, theirs, again] = await compare(format, count, rounds, quick ? undefined : 0);
      const cpu = summaryOf(ratios(ours.cpu, theirs.cpu));
      const noise = resolutionOf(ratios(again.cpu, ours.cpu));
      rows.push([
        `${count.toLocaleString('en')}, ${format}`,
        ...[ours, theirs].map(({ milliseconds }) => summaryOf(milliseconds).median.toFixed(1)),
        ratioText(summaryOf(ratios(ours.milliseconds, theirs.milliseconds))),
        ratioText(cpu),
        percent(noise),
        verdict(TARGETS[count]?.[format], cpu.median, noise),
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
    'ratio (processor time)',
    'against itself',
    'target',
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
    'which are 1 ms apart. The targets are ratios of processor time; "against itself" is by how much a ' +
    'second process of the library differs from the first one, and smaller differences mean nothing. ' +
    `\`${GENERATED}\` is compared with prom-client's \`registry.metrics()\`. V8 puts the pieces of either ` +
    'text together when its characters are first looked at, which is not part of the time.\n\n' +
    `Target for 10,000 label sets: no stall over ${LONGEST_STALL} CPU ms.`
  );
}

/** @param noise by how much the ratio of two equal processes differs from 1 */
function verdict(target: number | undefined, ratio: number, noise: number): string {
  if (target === undefined) return '';
  const text = target.toFixed(2);
  if (Math.abs(ratio - target) < noise * target) return `${text}: too noisy to tell`;
  return `${text}: ${ratio <= target ? 'reached' : 'missed'}`;
}

async function compare(
  format: string,
  count: number,
  rounds: number,
  core: number | undefined,
): Promise<[ours: Scrapes, theirs: Scrapes, again: Scrapes]> {
  const workers: Worker[] = [];
  const results: [Scrapes, Scrapes, Scrapes] = [noScrapes(), noScrapes(), noScrapes()];
  try {
    const start = (whose: string): Promise<Worker> =>
      Worker.start(WORKER, {
        args: [whose, format, String(count)],
        nodeFlags: ['--expose-gc'],
        core,
      });
    workers.push(...(await Promise.all(['library', 'prom-client', 'library'].map(start))));
    for (const worker of workers) await scrapeOnce(worker, format);
    for (let round = 0; round < rounds; round++) {
      for (const [i, worker] of workers.entries()) {
        const result = results[i] as Scrapes;
        await worker.ask('collect');
        const used = await worker.ask<number>('used');
        result.milliseconds.push(await scrapeOnce(worker, format));
        result.cpu.push((await worker.ask<number>('used')) - used);
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
  return { milliseconds: [], cpu: [], stalls: [], cpuStalls: [], peak: 0 };
}

async function scrapeOnce(worker: Worker, format: string): Promise<number> {
  const url = await worker.ask<string>('url');
  const start = performance.now();
  if (format === GENERATED) await worker.ask('generate');
  else await scraped(url, HEADERS[format] ?? {});
  return performance.now() - start;
}

function scraped(url: string, headers: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`Status ${response.statusCode}`));
      response.resume().once('end', resolve).once('error', reject);
    });
    request.once('error', reject);
  });
}

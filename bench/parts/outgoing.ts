import type { Listening, Way } from '../apps/outgoing.worker.js';
import { markdownTable } from '../support/markdown.js';
import type { Settings } from '../support/settings.js';
import { summaryOf } from '../support/statistics.js';
import { Worker } from '../support/worker.js';

const WORKER = new URL('../apps/outgoing.worker.js', import.meta.url);
const TARGET = new URL('../apps/target.worker.js', import.meta.url);

/** Microseconds that option `outgoing` may add to a request. */
const TARGET_ADDED = 2;

/** Rounds after which V8 has compiled what is used. */
const WARM_UP = 15;

const ROUNDS = 60;

/** Requests of each turn: fewer of those that take long. */
const REQUESTS: Readonly<Record<Way, number>> = { 'node:http': 1000, undici: 1000, fetch: 300 };

const WAYS = Object.keys(REQUESTS) as Way[];

/**
 * Processor time that option `outgoing` adds to a request that the application sends. In turn, in
 * processes of their own: nobody listens to the channels, or listeners that do nothing, which is what
 * Node and undici take themselves to tell, or the library.
 */
export async function outgoing(settings: Settings): Promise<string> {
  const target = await Worker.start(TARGET, { core: settings.quick ? undefined : 1 });
  try {
    const port = await target.ask<number>('port');
    const alone = await chapterOf('Without a network', 0, settings);
    const served = await chapterOf('To a server of another process', port, settings);
    return `${alone}\n\n${served}`;
  } finally {
    await target.stop();
  }
}

async function chapterOf(title: string, port: number, settings: Settings): Promise<string> {
  const entries: Listening[] = [
    'nothing',
    'empty',
    settings.library,
    ...settings.against,
    'nothing',
  ];
  const times = await measure(entries, port, settings);
  const rows = WAYS.flatMap((way) => rowsOf(way, times[way]));
  const head = ['', 'µs processor time', 'µs added', `at most ${TARGET_ADDED} µs`];
  const chapter = `### ${title}\n\n${markdownTable(head, rows)}`;
  console.log(`\n${chapter}`);
  return chapter;
}

/** Microseconds for a request of each way, by entry and round. */
async function measure(
  entries: readonly Listening[],
  port: number,
  { starts, quick }: Settings,
): Promise<Record<Way, number[][]>> {
  const empty = (): number[][] => entries.map(() => []);
  const times = { 'node:http': empty(), undici: empty(), fetch: empty() };
  for (let start = 0; start < starts; start++) {
    const workers: Worker[] = [];
    for (const entry of entries) {
      const args = [entry, String(port)];
      workers.push(await Worker.start(WORKER, { args, core: quick ? undefined : 0 }));
    }
    for (const way of WAYS) {
      const requests = quick ? 20 : REQUESTS[way];
      for (let round = quick ? 0 : -WARM_UP; round < (quick ? 1 : ROUNDS); round++) {
        for (const i of shuffled(entries.length)) {
          const time = await (workers[i] as Worker).ask<number>('send', [way, requests]);
          if (round >= 0) times[way][i]?.push(time);
        }
      }
    }
    for (const worker of workers) await worker.stop();
  }
  return times;
}

/** @param times the first ones are of nobody, and the last ones of nobody once more */
function rowsOf(way: Way, times: readonly (readonly number[])[]): string[][] {
  const added = times.map((of) => of.map((time, round) => time - (times[0]?.[round] as number)));
  const noise = noiseOf(added.at(-1) as number[]);
  return added.map((of, i) => {
    const label = labelOf(i, added.length);
    return [
      `${way}, ${label}`,
      summaryOf(times[i] as number[]).median.toFixed(1),
      i === 0 ? '' : addedText(of),
      label.startsWith('library') ? verdict(of, noise) : '',
    ];
  });
}

function labelOf(i: number, length: number): string {
  if (i === length - 1) return 'nobody listens, once more';
  const labels = ['nobody listens', 'listeners that do nothing', 'library'];
  return labels[i] ?? `library, version ${i - 1}`;
}

/** An order of its own for each round: nobody always follows the same one. */
function shuffled(length: number): number[] {
  return Array.from({ length }, (_, i) => [i, Math.random()] as const)
    .toSorted(([, a], [, b]) => a - b)
    .map(([i]) => i);
}

/** The median, and how sure it is. */
function addedText(added: readonly number[]): string {
  return `${summaryOf(added).median.toFixed(2)} ± ${errorOf(added).toFixed(2)}`;
}

/** The standard error of the median, were the values distributed normally. */
function errorOf(values: readonly number[]): number {
  return (1.86 * summaryOf(values).spread) / Math.sqrt(values.length);
}

/** @param self what nobody adds to nobody */
function noiseOf(self: readonly number[]): number {
  return Math.max(Math.abs(summaryOf(self).median), errorOf(self));
}

function verdict(added: readonly number[], noise: number): string {
  const { median } = summaryOf(added);
  if (Math.abs(median - TARGET_ADDED) < Math.max(noise, errorOf(added))) return 'too noisy to tell';
  return median <= TARGET_ADDED ? 'reached' : 'missed';
}

import type { Platform } from '../apps/contestants.js';
import type { Entry } from '../support/contest.js';
import { markdownTable } from '../support/markdown.js';
import { percent, ratioText, verdictOf } from '../support/ratio-table.js';
import type { Settings } from '../support/settings.js';
import { ratios, resolutionOf, summaryOf } from '../support/statistics.js';
import { Worker } from '../support/worker.js';
import { withControl } from './http.js';

const WORKER = new URL('../apps/driven.worker.js', import.meta.url);

/** Rounds after which V8 has compiled what is used. */
const WARM_UP = 150;

/**
 * Processor time of a request without a network, all applications in one process and in short
 * turns: what the machine does beside them, and how V8 compiles them, is the same for all.
 */
export async function driven(settings: Settings): Promise<string> {
  const chapters: string[] = [];
  for (const platform of settings.platforms) {
    const entries = withControl(settings, ['bare', 'library']);
    const title = `### ${platform === 'express' ? 'Express' : 'Fastify'}`;
    chapters.push(title, await drivenChapter(settings, platform, entries, { title }));
  }
  return chapters.join('\n\n');
}

interface ChapterOptions {
  readonly title: string;
  /** The ratio that an entry has to reach, by label. */
  readonly targets?: Readonly<Record<string, number>>;
}

/**
 * Drives applications in turn.
 *
 * @param entries the first one is what the others are compared with, the last one the same again
 */
export async function drivenChapter(
  { starts, quick }: Settings,
  platform: Platform,
  entries: readonly Entry[],
  { title, targets = {} }: ChapterOptions,
): Promise<string> {
  const args = [platform, ...entries.flatMap(({ contestant, library }) => [contestant, library])];
  const rounds = quick ? 1 : 250;
  const requests = quick ? 8 : 400;
  const times: number[][] = entries.map(() => []);
  for (let start = 0; start < starts; start++) {
    const worker = await Worker.start(WORKER, { args, core: quick ? undefined : 0 });
    for (let round = quick ? WARM_UP : 0; round < WARM_UP + rounds; round++) {
      for (let turn = 0; turn < entries.length; turn++) {
        const i = (turn + round) % entries.length;
        const time = await worker.ask<number>('drive', [i, requests]);
        if (round >= WARM_UP) times[i]?.push(time);
      }
    }
    await worker.stop();
  }
  // More processor time is a smaller ratio, as fewer requests are.
  const base = times[0] as number[];
  const relative = times.map((own) => ratios(base, own));
  const self = relative.at(-1) as number[];
  const off = Math.abs(1 - summaryOf(self).median);
  const rows = entries.map(({ label }, i) => {
    const ratio = summaryOf(relative[i] as number[]);
    return [
      label,
      summaryOf(times[i] as number[]).median.toFixed(2),
      i === 0 ? '1' : ratioText(ratio),
      verdictOf(targets[label], ratio.median, off),
    ];
  });
  const table = [
    markdownTable(['', 'µs processor time', 'ratio', 'target'], rows),
    '',
    `The first application against itself is off by ${percent(off)} in the middle, and by ` +
      `${percent(resolutionOf(self))} in single rounds.`,
  ].join('\n');
  console.log(`\n${title}\n\n${table}`);
  return table;
}

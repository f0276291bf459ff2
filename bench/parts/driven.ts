import type { Platform } from '../apps/contestants.js';
import { markdownTable } from '../support/markdown.js';
import { percent, ratioText } from '../support/ratio-table.js';
import type { Settings } from '../support/settings.js';
import { ratios, resolutionOf, summaryOf } from '../support/statistics.js';
import { Worker } from '../support/worker.js';

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
    const table = await tableOf(platform, settings);
    console.log(`\n${platform}\n\n${table}`);
    chapters.push(`### ${platform === 'express' ? 'Express' : 'Fastify'}\n\n${table}`);
  }
  return chapters.join('\n\n');
}

async function tableOf(
  platform: Platform,
  { library, against, starts, quick }: Settings,
): Promise<string> {
  const entries = ['bare', library, ...against, 'bare'];
  const labels = ['bare', 'library', ...against.map((_, i) => `library, version ${i + 2}`)];
  const rounds = quick ? 1 : 250;
  const requests = quick ? 8 : 400;
  const times: number[][] = entries.map(() => []);
  for (let start = 0; start < starts; start++) {
    const args = [platform, ...entries];
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
  const base = times[0] as number[];
  const self = ratios(times.at(-1) as number[], base);
  const rows = [...labels, 'bare, once more'].map((label, i) => [
    label,
    summaryOf(times[i] as number[]).median.toFixed(2),
    i === 0 ? '1' : ratioText(summaryOf(ratios(times[i] as number[], base))),
  ]);
  const median = Math.abs(1 - summaryOf(self).median);
  return [
    markdownTable(['', 'µs processor time', 'ratio'], rows),
    '',
    `The first application against itself is off by ${percent(median)} in the middle, and by ` +
      `${percent(resolutionOf(self))} in single rounds.`,
  ].join('\n');
}

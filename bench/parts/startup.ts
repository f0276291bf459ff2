import { markdownTable } from '../support/markdown.js';
import type { Settings } from '../support/settings.js';
import { summaryOf, type Summary } from '../support/statistics.js';
import { Worker } from '../support/worker.js';

const WORKER = new URL('../apps/startup.worker.js', import.meta.url);

interface Start {
  /** Of processor time. */
  readonly milliseconds: number;
  readonly heap: number;
}

/** Time and memory that the module adds to the start of an application of 200 handlers. */
export async function startup({ quick }: Settings): Promise<string> {
  const starts: Record<'bare' | 'library', Start[]> = { bare: [], library: [] };
  for (let round = 0; round < (quick ? 1 : 15); round++) {
    for (const name of ['bare', 'library'] as const) {
      const options = { args: [name], nodeFlags: ['--expose-gc'], core: quick ? undefined : 0 };
      const worker = await Worker.start(WORKER, options);
      starts[name].push(await worker.ask<Start>('start'));
      await worker.stop();
    }
  }
  const added = (of: keyof Start): number[] =>
    starts.library.map((start, i) => start[of] - (starts.bare[i] as Start)[of]);
  const rows = [
    ['bare', text(summaryOf(starts.bare.map(({ milliseconds }) => milliseconds))), '', ''],
    [
      'library',
      text(summaryOf(starts.library.map(({ milliseconds }) => milliseconds))),
      text(summaryOf(added('milliseconds'))),
      text(summaryOf(added('heap').map((bytes) => bytes / 1024))),
    ],
  ];
  const head = ['200 handlers, Fastify', 'ms processor time', 'ms added', 'KiB of heap added'];
  const table = markdownTable(head, rows);
  console.log(table);
  return table;
}

function text({ median, spread }: Summary): string {
  return `${median.toFixed(0)} ± ${spread.toFixed(0)}`;
}

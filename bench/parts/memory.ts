import { markdownTable } from '../support/markdown.js';
import type { Settings } from '../support/settings.js';
import { Worker } from '../support/worker.js';

const WORKER = new URL('../apps/memory.worker.js', import.meta.url);

/** Bytes that a label set of our own metrics and of injected ones takes, beside prom-client's. */
export async function memory({ quick }: Settings): Promise<string> {
  const labelSets = quick ? 500 : 20_000;
  const row = async (type: string): Promise<string[]> => {
    const [[before, after], [beforeTheirs, afterTheirs]] = await Promise.all([
      bytes(type, labelSets),
      bytes(`${type.replace('injected ', '')}, prom-client`, labelSets),
    ]);
    return [
      type,
      ...[before, beforeTheirs].map((each) => each.toFixed(0)),
      (before / beforeTheirs).toFixed(2),
      ...[after, afterTheirs].map((each) => each.toFixed(0)),
      (after / afterTheirs).toFixed(2),
    ];
  };
  const types = ['histogram', 'counter', 'gauge', 'injected histogram', 'injected counter'];
  const rows = await Promise.all(types.map(row));
  const head = [
    'bytes per label set',
    'library',
    'prom-client',
    'ratio',
    'library, scraped once',
    'prom-client, scraped once',
    'ratio',
  ];
  const table = markdownTable(head, rows);
  console.log(table);
  return `${table}\n\nThree labels, ${labelSets.toLocaleString('en')} label sets, 14 buckets. Target: 0.5.`;
}

async function bytes(metric: string, labelSets: number): Promise<[number, number]> {
  const worker = await Worker.start(WORKER, { args: [metric], nodeFlags: ['--expose-gc'] });
  try {
    return await worker.ask<[number, number]>('fill', labelSets);
  } finally {
    await worker.stop();
  }
}

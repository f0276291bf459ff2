import type { Kind } from '../apps/native.worker.js';
import { markdownTable } from '../support/markdown.js';
import type { Settings } from '../support/settings.js';
import { ratios, summaryOf } from '../support/statistics.js';
import { Worker } from '../support/worker.js';

const WORKER = new URL('../apps/native.worker.js', import.meta.url);

const LABELS: Readonly<Record<Kind, string>> = {
  classic: 'classic histogram, text',
  native: 'native histogram, protobuf',
  both: 'native histogram with classic buckets, protobuf',
};

/** Of each kind, in the order of the labels. */
type OfKinds = readonly number[];

interface Measured {
  readonly bytes: OfKinds;
  readonly memory: { readonly few: OfKinds; readonly many: OfKinds };
  /** Milliseconds, by round. */
  readonly scrapes: readonly OfKinds[];
  /** Nanoseconds, by round: by label values, and after these with the series kept. */
  readonly records: readonly OfKinds[];
}

/** What a native histogram takes beside a classic one: scrapes, recording, memory. */
export async function native({ quick }: Settings): Promise<string> {
  const labelSets = quick ? 200 : 10_000;
  const { bytes, memory, scrapes, records } = await measure(quick, labelSets);
  const scraped = markdownTable(
    [`scrape of ${labelSets.toLocaleString('en')} label sets`, 'KiB', 'ratio', 'CPU ms', 'ratio'],
    Object.values(LABELS).map((label, i) => [
      label,
      ((bytes[i] as number) / 1024).toFixed(0),
      ratioToFirst(bytes, i),
      ...medianAndRatio(scrapes, i, 0, 1),
    ]),
  );
  const names = Object.values(LABELS).map((label) => label.split(',')[0] as string);
  const recorded = markdownTable(
    ['one recording', 'ns, by label values', 'ratio', 'ns, series kept', 'ratio'],
    names.map((name, i) => [
      name,
      ...medianAndRatio(records, i, 0, 0),
      ...medianAndRatio(records, names.length + i, names.length, 0),
    ]),
  );
  const { few, many } = memory;
  const kept = markdownTable(
    ['bytes per label set', 'one value', 'ratio', 'values that vary by a factor of ten', 'ratio'],
    names.map((name, i) => [
      name,
      (few[i] as number).toFixed(0),
      ratioToFirst(few, i),
      (many[i] as number).toFixed(0),
      ratioToFirst(many, i),
    ]),
  );
  const tables = [scraped, recorded, kept].join('\n\n');
  console.log(tables);
  return `${tables}\n\nThree labels; the default resolution. Targets: a scrape of 0.25, a recording of 1.5.`;
}

/** All in one process, in turn. */
async function measure(quick: boolean, labelSets: number): Promise<Measured> {
  const nodeFlags = ['--expose-gc'];
  const worker = await Worker.start(WORKER, { nodeFlags, core: quick ? undefined : 0 });
  try {
    const filled = { labelSets, observations: quick ? 10 : 200 };
    const memory = await worker.ask<Measured['memory']>('fill', filled);
    const bytes = await worker.ask<OfKinds>('size');
    const scrapes: OfKinds[] = [];
    const records: OfKinds[] = [];
    // The first ones are slower than all that follow.
    for (let round = quick ? 0 : -3; round < (quick ? 1 : 15); round++) {
      const scrape = await worker.ask<OfKinds>('scrape');
      const record = await worker.ask<OfKinds>('record', quick ? 1000 : 300_000);
      if (round < 0) continue;
      scrapes.push(scrape);
      records.push(record);
    }
    return { bytes, memory, scrapes, records };
  } finally {
    await worker.stop();
  }
}

function medianAndRatio(
  rounds: readonly OfKinds[],
  i: number,
  base: number,
  digits: number,
): [string, string] {
  const [values, bases] = [i, base].map((at) => rounds.map((round) => round[at] as number)) as [
    number[],
    number[],
  ];
  return [
    summaryOf(values).median.toFixed(digits),
    summaryOf(ratios(values, bases)).median.toFixed(2),
  ];
}

function ratioToFirst(values: OfKinds, i: number): string {
  return ((values[i] as number) / (values[0] as number)).toFixed(2);
}

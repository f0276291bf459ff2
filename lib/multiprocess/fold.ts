import { link, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pace } from '../core/pace.js';
import type { Chosen, Source } from './choose-definitions.js';
import type { ProcessFileView, Reading } from './directory-reader.js';
import { isPerProcess, widthOf } from './files/family-definition.js';
import { createLayout } from './files/file-format.js';
import { wholeFile, writeAll } from './files/file-parts.js';
import { foldName, highestFold } from './fold-files.js';
import type { FoldRecord } from './files/key-lines.js';
import { Ledger } from './files/ledger.js';
import { mergeSources } from './merge.js';
import type { MergedFamily } from './merged-family.js';
import { createFileName, ownIdentity } from './files/process-identity.js';

/** Of how many processes that have ended the gauges of mode `all` are kept: the latest. */
export const KEPT_PIDS = 32;

/** How many names of files that were put together are remembered, so that their writers know. */
const KEPT_NAMES = 256;

/** Label sets that are encoded in one go. */
const STRIDE = 128;

/**
 * Puts the files of ended processes into one, the file of the dead, and removes them.
 *
 * The new file is made beside the others and linked to the next number, which succeeds for one
 * process only. There is no lock that a killed or stopped process could hold for ever: whoever was
 * overtaken gives up. The new file names those that it holds, so that a reader which finds both,
 * because the process that put them together was killed before it removed them, counts them once.
 *
 * @param sources the file of the dead, then the files to put into it
 * @returns whether it was done; otherwise somebody else was faster
 */
export async function foldDead(
  directory: string,
  reading: Reading,
  dead: readonly ProcessFileView[],
  sources: readonly Source[],
  definitions: ReadonlyMap<string, Chosen>,
  pace: Pace,
): Promise<boolean> {
  const record = recordOf(reading, dead);
  const kept = new Set(record.pids);
  const families = await mergeSources(
    sources,
    {
      definitions,
      maxSeriesOf: ({ mode, maxSeries }) => maxSeries * (isPerProcess(mode) ? KEPT_PIDS : 1),
      keepsPid: (pid) => kept.has(pid),
    },
    pace,
  );
  const ledger = await encode(record, families, pace);
  const temporary = join(directory, createFileName(ownIdentity(), 'temporary'));
  try {
    await writeFile(temporary, ledger);
    return await publish(directory, temporary, reading.foldNumber + 1);
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

function recordOf({ fold, leftovers }: Reading, dead: readonly ProcessFileView[]): FoldRecord {
  const { folded = [], count = 0, pids = [] } = fold?.fold ?? {};
  const recent = folded.slice(-KEPT_NAMES);
  const unremoved = folded.filter((name) => leftovers.includes(name) && !recent.includes(name));
  const ended = dead.map(({ identity }) => String(identity.pid));
  return {
    folded: [...unremoved, ...recent, ...dead.map(({ name }) => name)],
    count: count + dead.length,
    pids: [...new Set([...pids, ...ended].toReversed())].slice(0, KEPT_PIDS).toReversed(),
  };
}

async function encode(
  record: FoldRecord,
  families: readonly MergedFamily[],
  pace: Pace,
): Promise<Ledger> {
  const ledger = new Ledger({ fold: record });
  for (const { definition, metric, stamps } of families) {
    const { labelNames, series, numbers } = metric;
    const family = ledger.addFamily({ ...definition, labelNames });
    let labelSets: (readonly string[])[] = [];
    for (const { labelValues } of series) {
      if (labelSets.push(labelValues) < STRIDE) continue;
      ledger.addLabelSets(family, labelSets);
      labelSets = [];
      if (pace.isOver) await pace.rest();
    }
    ledger.addLabelSets(family, labelSets);
    const { positions } = ledger.families[family] as { positions: readonly number[] };
    // A gauge's second number is not in its series.
    const count = definition.type === 'gauge' ? 1 : widthOf(definition);
    for (let index = 0; index < series.length; index++) {
      const slot = numbers.slotOf(index);
      const values = numbers.valuesOf(slot);
      const offset = numbers.offsetOf(slot);
      const position = positions[index] as number;
      for (let i = 0; i < count; i++) ledger.write(position + i, values[offset + i] as number);
      const stamp = stamps.get(slot);
      if (stamp !== undefined) ledger.write(position + 1, stamp);
      if (index % STRIDE === 0 && pace.isOver) await pace.rest();
    }
  }
  return ledger;
}

async function writeFile(path: string, ledger: Ledger): Promise<void> {
  const layout = createLayout(ledger.keyBytes, ledger.valueCount);
  const handle = await open(path, 'wx', 0o600);
  try {
    for (const { bytes, position } of wholeFile(layout, ledger, 1, true)) {
      await writeAll(handle, bytes, position);
    }
  } finally {
    await handle.close();
  }
}

/**
 * Lets the file be the one that counts, unless there is a newer one: made by somebody who had not
 * seen this one, or on top of it. Both times nothing is lost.
 */
async function publish(directory: string, temporary: string, number: number): Promise<boolean> {
  if (highestFold(await readdir(directory)) !== number - 1) return false;
  const path = join(directory, foldName(number));
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  if (highestFold(await readdir(directory)) === number) return true;
  await unlink(path).catch(() => undefined);
  return false;
}

import { promises } from 'node:fs';
import { join } from 'node:path';
import type { Pace } from '../core/pace.js';
import type { HistogramMetric } from '../metrics/histogram.js';
import { BlockRecorder } from './block-recorder.js';
import type { DirectoryReader } from './directory-reader.js';
import {
  accumulates,
  isDated,
  isPerProcess,
  placesOf,
  type FamilyDefinition,
} from './files/family-definition.js';
import { FileReader } from './files/file-reader.js';
import {
  createFileId,
  fileNameOf,
  foldName,
  foldNumbers,
  parseFileName,
} from './files/identity.js';
import type { FoldRecord } from './files/key-table.js';
import { Ledger } from './files/ledger.js';
import { writeWholeFile } from './files/whole-file.js';
import { lostIn, type MergedFamily } from './merged-family.js';
import { mergeSources } from './merge.js';
import type { ProcessFile, Reading } from './reading.js';
import { foldSource, sourceOf } from './sources.js';

/** Of how many processes that have ended the gauges of mode `all` are kept: the latest. */
const KEPT_PIDS = 32;

/** How many retired files that are in folds are remembered, so that their writers can learn of it. */
const KEPT_FILES = 1024;

/** Label sets that are encoded in one go. */
const STRIDE = 128;

/**
 * Puts the final files of ended processes and the fold that is there into a new fold, and removes
 * them. What was not read is not touched.
 *
 * The new fold is made beside the others and linked to the next number, which succeeds for one
 * process only. There is no lock that a killed or stopped process could hold for ever: whoever was
 * overtaken gives up. The new fold names the files that it holds, so that a reader which finds both,
 * because the process that made it was killed before it removed them, counts them once.
 *
 * @param ended files of the reading that are final
 * @returns whether it was done; otherwise somebody else was faster
 */
export async function makeFold(
  reader: DirectoryReader,
  reading: Reading,
  ended: readonly ProcessFile[],
  pace: Pace,
): Promise<boolean> {
  const { directory, own } = reader;
  const record = recordOf(reading, ended);
  const kept = new Set(record.pids);
  const sources = [...reading.folds.map(foldSource), ...ended.map(sourceOf)];
  const families = await mergeSources(
    sources.map((source) => ({ ...source, isLive: false })),
    {
      maxSeriesOf: ({ mode, maxSeries }) => maxSeries * (isPerProcess(mode) ? KEPT_PIDS : 1),
      keepsPid: (pid) => kept.has(pid),
    },
    pace,
  );
  const ledger = await encode(record, families, pace);
  const temporary = join(directory, fileNameOf(createFileId(own), 'temporary'));
  try {
    await writeWholeFile(temporary, ledger);
    for (const { file, owner } of ended) {
      if (owner.kind === 'retired' && (await hasChanged(directory, file, pace))) return false;
    }
    if (!(await publish(directory, temporary, reading.foldNumber + 1))) return false;
  } finally {
    await promises.unlink(temporary).catch(() => undefined);
  }
  const held = [...ended.map(({ file }) => file), ...reading.folds];
  await reader.remove(held.map(({ name }) => name));
  return true;
}

/**
 * Takes the file of a process that was silent for very long from its writer, which it stays readable
 * without. A writer that goes on notices before it has written twice, and goes on in another file.
 */
export async function retire(directory: string, { owner }: ProcessFile): Promise<void> {
  const to = join(directory, fileNameOf(owner.id, 'retired'));
  await promises
    .rename(join(directory, fileNameOf(owner.id, 'process')), to)
    .catch((error: unknown) => {
      // Somebody else was faster.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
}

function recordOf(reading: Reading, ended: readonly ProcessFile[]): FoldRecord {
  const { folds, leftovers, unreadFolds } = reading;
  const records = folds.flatMap(({ fold }) => fold ?? []);
  const known = records.flatMap(({ files }) => Object.entries(files));
  const there = new Set(leftovers.map((name) => parseFileName(name)?.id));
  const removed = known.filter(([id, generation]) => generation > 0 && !there.has(id));
  const added = ended.map(({ owner, file }): [string, number] => [
    owner.id,
    owner.kind === 'retired' ? (file.commit?.generation ?? 0) : 0,
  ]);
  const pids = [
    ...records.flatMap((record) => record.pids),
    ...ended.map(({ file }) => file.process?.pid ?? ''),
  ];
  const count = records.reduce((sum, record) => sum + record.count, 0);
  return {
    files: Object.fromEntries([
      ...removed.slice(-KEPT_FILES),
      ...known.filter(([id]) => there.has(id)),
      ...added,
    ]),
    without: unreadFolds,
    count: count + ended.length,
    pids: [...new Set(pids.toReversed())].slice(0, KEPT_PIDS).toReversed(),
  };
}

async function encode(
  record: FoldRecord,
  families: readonly MergedFamily[],
  pace: Pace,
): Promise<Ledger> {
  const ledger = new Ledger({ fold: record });
  for (const merged of families) {
    const { definition, metric } = merged;
    const { labelNames, series, numbers } = metric;
    const shown = { ...definition, labelNames, isExact: accumulates(definition) };
    const family = ledger.addFamily(shown);
    let labelSets: (readonly string[])[] = [];
    for (const { labelValues } of series) {
      if (labelSets.push(labelValues) < STRIDE) continue;
      ledger.addLabelSets(family, labelSets);
      labelSets = [];
      if (pace.isOver) await pace.rest();
    }
    ledger.addLabelSets(family, labelSets);
    const { positions } = ledger.families[family] as { positions: readonly number[] };
    for (let index = 0; index < series.length; index++) {
      const slot = numbers.slotOf(index);
      const values = numbers.valuesOf(slot);
      const offset = numbers.offsetOf(slot);
      const position = positions[index] as number;
      for (let i = 0; i < numbers.width; i++) {
        ledger.values[position + i] = values[offset + i] as number;
      }
      if (isDated(shown)) ledger.writeStart(position + numbers.width, metric.createdAt(slot));
      if (shown.isExact) writeExactly(ledger.values, position, shown, merged.restAt(index));
      if (index % STRIDE === 0 && pace.isOver) await pace.rest();
    }
    if (metric.type === 'histogram') await encodeBlocks(ledger, shown, metric, pace);
  }
  return ledger;
}

/** The exponential buckets behind their metric, see `FamilyDefinition`. */
async function encodeBlocks(
  ledger: Ledger,
  shown: FamilyDefinition,
  { native, series, numbers }: HistogramMetric,
  pace: Pace,
): Promise<void> {
  if (native === undefined) return;
  const family = ledger.addFamily({ ...shown, part: 'buckets', isExact: false });
  const blocks = new BlockRecorder(ledger, family, native);
  for (const [index, { labelValues }] of [...series].entries()) {
    blocks.copy(index, numbers.slotOf(index), () => labelValues);
    if (index % STRIDE === 0 && pace.isOver) await pace.rest();
  }
}

/** The first number with its rest added, and in the last place what rounding takes off that. */
function writeExactly(
  values: Float64Array,
  position: number,
  definition: FamilyDefinition,
  rest: number,
): void {
  const value = values[position] as number;
  const sum = value + rest;
  values[position] = sum;
  values[position + placesOf(definition) - 1] = lostIn(value, rest, sum);
}

/** Whether a writer that was stopped in the middle of a write has gone on with it. */
async function hasChanged(directory: string, file: FileReader, pace: Pace): Promise<boolean> {
  const again = new FileReader(file.name);
  await again.read(directory, pace);
  return again.commit?.generation !== file.commit?.generation;
}

/**
 * Lets the file be the fold that counts, unless there is a newer one: made by somebody who had not
 * seen this one, or on top of it. Both times nothing is lost.
 */
async function publish(directory: string, temporary: string, number: number): Promise<boolean> {
  if (highestFold(await promises.readdir(directory)) !== number - 1) return false;
  const path = join(directory, foldName(number));
  try {
    await promises.link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  if (highestFold(await promises.readdir(directory)) === number) return true;
  await promises.unlink(path).catch(() => undefined);
  return false;
}

function highestFold(names: readonly string[]): number {
  return foldNumbers(names)[0] ?? 0;
}

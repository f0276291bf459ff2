import { METRIC_TYPES } from '../../metrics/layout.js';
import { MULTIPROCESS_MODES } from '../../metrics/multiprocess-mode.js';
import { isMetricName } from '../../metrics/names.js';
import {
  placesOf,
  type FamilyDefinition,
  type FamilyValues,
  type LabelSet,
} from './family-definition.js';

/** Who wrote a file. */
export interface ProcessRecord {
  /** What stands for it in the label `pid`: of a worker thread, with the number of the thread. */
  readonly pid: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Of this library. */
  readonly version: string;
  /** Of the default metrics, with its `_`. */
  readonly prefix: string;
}

/** What a fold says beside its values, see `fold.ts`. */
export interface FoldRecord {
  /**
   * Files whose values it holds, by their ids: those that may still be there, which are not counted,
   * and retired ones, whose writers may come back, with the generation that was read.
   */
  readonly files: Readonly<Record<string, number>>;
  /** Numbers of folds whose values it does not hold, because they could not be read. */
  readonly without: readonly number[];
  /** How many files it holds altogether. */
  readonly count: number;
  /** Processes whose gauges of mode `all` are still shown, the newest last. */
  readonly pids: readonly string[];
}

/** One line of the keys. */
export type KeyLine =
  | { readonly process: ProcessRecord }
  | { readonly fold: FoldRecord }
  | { readonly family: FamilyDefinition }
  /** New label sets of a family, whose numbers follow each other from a position; `null`: removed. */
  | { readonly series: readonly [family: number, position: number, sets: readonly Entry[]] }
  /** The label sets at these indexes are there no more. */
  | { readonly removed: readonly [family: number, indexes: readonly number[]] }
  /** Other label sets take the places of removed ones. */
  | { readonly reused: readonly [family: number, sets: readonly (readonly [number, LabelSet])[]] };

type Entry = LabelSet | null;

export function encodeKeyLine(line: KeyLine): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** @throws Error when it is no line of keys */
export function decodeKeyLine(text: string): KeyLine {
  const line = JSON.parse(text) as Partial<Record<string, unknown>>;
  const isValid =
    isObject(line['process']) ||
    isObject(line['fold']) ||
    isFamily(line['family']) ||
    [line['series'], line['removed'], line['reused']].some(isAboutFamily);
  if (!isValid) throw new Error('not a line of keys');
  return line as KeyLine;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isFamily(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { name, type, labelNames, bounds, mode } = value;
  return (
    isMetricName(name) &&
    (METRIC_TYPES as readonly unknown[]).includes(type) &&
    Array.isArray(labelNames) &&
    Array.isArray(bounds) === (type === 'histogram') &&
    (MULTIPROCESS_MODES as readonly unknown[]).includes(mode) === (type === 'gauge')
  );
}

function isAboutFamily(value: unknown): boolean {
  return Array.isArray(value) && Number.isInteger(value[0]) && Array.isArray(value.at(-1));
}

interface OpenFamily extends FamilyValues {
  readonly labelSets: (LabelSet | undefined)[];
  readonly positions: number[];
  readonly width: number;
}

/** What the keys of a file say: whose it is, and which series has its numbers where. */
export class KeyTable {
  process: ProcessRecord | undefined;
  fold: FoldRecord | undefined;
  readonly families: OpenFamily[] = [];
  /** How many numbers the series have altogether, removed ones included. */
  valueCount = 0;

  /** @throws Error when the line does not fit those before it */
  add(line: KeyLine): void {
    if ('process' in line) this.process = line.process;
    else if ('fold' in line) this.fold = line.fold;
    else if ('family' in line) this.#addFamily(line.family);
    else if ('series' in line) this.#addSeries(...line.series);
    else if ('removed' in line) this.#remove(...line.removed);
    else this.#reuse(...line.reused);
  }

  #addFamily(definition: FamilyDefinition): void {
    const width = placesOf(definition);
    this.families.push({ definition, labelSets: [], positions: [], width });
  }

  #addSeries(number: number, position: number, sets: readonly Entry[]): void {
    const { labelSets, positions, width } = this.#family(number);
    let next = position;
    for (const labelSet of sets) {
      labelSets.push(labelSet ?? undefined);
      positions.push(next);
      next += width;
    }
    this.valueCount = Math.max(this.valueCount, next);
  }

  #remove(number: number, indexes: readonly number[]): void {
    const { labelSets } = this.#family(number);
    for (const index of indexes) labelSets[index] = undefined;
  }

  #reuse(number: number, sets: readonly (readonly [number, LabelSet])[]): void {
    const { labelSets } = this.#family(number);
    for (const [index, labelSet] of sets) {
      if (!(index < labelSets.length)) throw new Error('a place that was never given');
      labelSets[index] = labelSet;
    }
  }

  #family(number: number): OpenFamily {
    const family = this.families[number];
    if (family === undefined) throw new Error('values of an unknown metric');
    return family;
  }
}

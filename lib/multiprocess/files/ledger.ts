import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  accumulates,
  isDated,
  numbersOf,
  placesOf,
  signatureOf,
  type FamilyDefinition,
  type FamilyValues,
  type LabelSet,
  type Snapshot,
} from './family-definition.js';
import { EMPTY_CHECKSUM } from './file-format.js';
import {
  encodeKeyLine,
  KeyTable,
  type FoldRecord,
  type KeyLine,
  type ProcessRecord,
} from './key-table.js';

const FIRST_KEY_CAPACITY = 16_384;
const FIRST_VALUE_CAPACITY = 1024;

/** Label sets in one line of keys: readers parse a line without letting the event loop go on. */
const LINE_LENGTH = 128;

/** Keys are written anew when so many of their bytes, and half of them, are of no use any more. */
const MOST_GARBAGE = 32_768;

/** Roughly the bytes of a removed label set and of the line that removes it. */
const GARBAGE_OF_REMOVAL = 64;

/** Numbers and their keys, in the form in which they are written to a file. */
export class Ledger implements Snapshot {
  /** Lines of JSON; the first `keyBytes` are valid. */
  keys = Buffer.alloc(FIRST_KEY_CAPACITY);
  keyBytes = 0;
  keyChecksum = EMPTY_CHECKSUM;
  /** Differs from that of all other keys. */
  keyEpoch = newEpoch();

  /** The first `valueCount` are valid. Replaced by a larger one when it is full. */
  values: Float64Array = new Float64Array(FIRST_VALUE_CAPACITY);

  /**
   * What is subtracted from numbers before they are written, by their places: what others count
   * already. Negative for what a metric counted that is gone. In the place of a start: that of what
   * is in the numbers beside what the metric counts, or 0.
   */
  base: Float64Array | undefined;

  readonly #table = new KeyTable();
  /** By family: indexes of removed label sets. */
  readonly #free: number[][] = [];
  /** Families whose metric is gone, by name and signature. */
  readonly #abandoned = new Map<string, number>();
  /** Of families that have a new metric: the indexes of the label sets that the former one had. */
  readonly #inherited = new Map<number, Map<string, number>>();
  #garbage = 0;

  constructor(head: { readonly process: ProcessRecord } | { readonly fold: FoldRecord }) {
    this.#append(head);
  }

  get families(): readonly FamilyValues[] {
    return this.#table.families;
  }

  get valueCount(): number {
    return this.#table.valueCount;
  }

  /** @returns the number of a family that has no metric yet, or none any more */
  addFamily(definition: FamilyDefinition): number {
    const key = keyOf(definition);
    const abandoned = this.#abandoned.get(key);
    if (abandoned !== undefined) {
      this.#abandoned.delete(key);
      this.#inherited.set(abandoned, indexesByKey(this.#table.families[abandoned] as FamilyValues));
      return abandoned;
    }
    this.#append({ family: definition });
    return this.#free.push([]) - 1;
  }

  /** Gives label sets their places, which hold zeros. @returns the positions of their numbers */
  addLabelSets(family: number, labelSets: readonly LabelSet[]): number[] {
    const inherited = this.#inherited.get(family);
    const indexes: number[] = [];
    const fresh: LabelSet[] = [];
    const reused: [number, LabelSet][] = [];
    const free = this.#free[family] as number[];
    const { labelSets: known, positions } = this.families[family] as FamilyValues;
    let next = known.length;
    for (const labelSet of labelSets) {
      const former = inherited?.get(JSON.stringify(labelSet));
      const place = former ?? free.pop();
      if (place === undefined) fresh.push(labelSet);
      else if (former === undefined) reused.push([place, labelSet]);
      indexes.push(place ?? next++);
    }
    for (let start = 0; start < reused.length; start += LINE_LENGTH) {
      this.#append({ reused: [family, reused.slice(start, start + LINE_LENGTH)] });
    }
    for (let start = 0; start < fresh.length; start += LINE_LENGTH) {
      const line = fresh.slice(start, start + LINE_LENGTH);
      this.#append({ series: [family, this.valueCount, line] });
    }
    this.#makeRoom();
    return indexes.map((index) => positions[index] as number);
  }

  /**
   * Takes label sets out, with what was counted there. Their places are given to others.
   *
   * @param removed positions of their numbers. @default all of the family
   */
  remove(family: number, removed?: readonly number[]): void {
    const { definition, labelSets, positions } = this.families[family] as FamilyValues;
    const width = placesOf(definition);
    const wanted = removed === undefined ? undefined : new Set(removed);
    const inherited = this.#inherited.get(family);
    const indexes: number[] = [];
    for (const [index, position] of positions.entries()) {
      if (labelSets[index] === undefined || wanted?.has(position) === false) continue;
      indexes.push(index);
      this.values.fill(0, position, position + width);
      this.base?.fill(0, position, position + width);
      inherited?.delete(JSON.stringify(labelSets[index]));
    }
    if (indexes.length === 0) return;
    this.#append({ removed: [family, indexes] });
    this.#free[family]?.push(...indexes);
    this.#garbage += indexes.length * GARBAGE_OF_REMOVAL;
    const isWorthIt = this.#garbage > MOST_GARBAGE && this.#garbage > this.keyBytes / 2;
    if (isWorthIt) this.#compact();
  }

  /**
   * The family's metric is gone. A new metric of the same definition goes on with the family.
   *
   * @param keepsCounts what it counted stays, and is added to what the new metric counts; gauges
   *   are removed in any case
   */
  abandon(family: number, keepsCounts: boolean): void {
    const { definition, positions } = this.families[family] as FamilyValues;
    if (!keepsCounts || definition.type === 'gauge') {
      this.remove(family);
    } else {
      const base = this.#openBase();
      const width = numbersOf(definition);
      for (const position of positions) {
        const end = position + width;
        for (let i = position; i < end; i++) base[i] = -(this.values[i] as number);
        if (isDated(definition)) base[end] = this.values[end] as number;
      }
    }
    this.#abandoned.set(keyOf(definition), family);
  }

  /**
   * Lets numbers be written without a part of them that is counted elsewhere from now on.
   *
   * @param taken that part. @default all that was written so far
   */
  rebase(taken: Snapshot = this): void {
    const base = this.#openBase();
    const own = new Map(this.families.map((family) => [keyOf(family.definition), family]));
    for (const { definition, labelSets, positions } of taken.families) {
      const family = own.get(keyOf(definition));
      if (family === undefined || !accumulates(definition)) continue;
      const indexes = indexesByKey(family);
      const width = numbersOf(definition);
      for (const [index, labelSet] of labelSets.entries()) {
        const known = labelSet === undefined ? undefined : indexes.get(JSON.stringify(labelSet));
        if (known === undefined) continue;
        const to = family.positions[known] as number;
        const from = positions[index] as number;
        for (let i = 0; i < width; i++) {
          const value = taken.values[from + i] as number;
          if (!Number.isFinite(value)) continue;
          (base[to + i] as number) += value;
          (this.values[to + i] as number) -= value;
        }
      }
    }
  }

  /** Writes a number. @returns whether it differs from the one that was there */
  write(position: number, value: number): boolean {
    const written = this.base === undefined ? value : value - (this.base[position] as number);
    if (Object.is(this.values[position], written)) return false;
    this.values[position] = written;
    return true;
  }

  /** Writes when a label set was made or reset, unless what is in its numbers began before. */
  writeStart(position: number, start: number): void {
    const before = this.base?.[position] ?? 0;
    this.values[position] = before > 0 ? Math.min(before, start) : start;
  }

  #openBase(): Float64Array {
    return (this.base ??= new Float64Array(this.values.length));
  }

  #makeRoom(): void {
    if (this.valueCount <= this.values.length) return;
    const length = Math.max(this.values.length * 2, this.valueCount);
    this.values = copied(this.values, length);
    if (this.base !== undefined) this.base = copied(this.base, length);
  }

  #append(line: KeyLine): void {
    this.#table.add(line);
    this.#write(encodeKeyLine(line));
  }

  #write(line: Buffer): void {
    const end = this.keyBytes + line.length;
    if (end > this.keys.length) {
      const larger = Buffer.alloc(Math.max(this.keys.length * 2, end));
      this.keys.copy(larger, 0, 0, this.keyBytes);
      this.keys = larger;
    }
    line.copy(this.keys, this.keyBytes);
    this.keyBytes = end;
    this.keyChecksum = crc32(line, this.keyChecksum);
  }

  /** Writes the keys anew, without those of removed label sets. All places stay as they are. */
  #compact(): void {
    const { process, fold, families } = this.#table;
    // A new buffer: the old one may be on its way to the file.
    this.keys = Buffer.alloc(FIRST_KEY_CAPACITY);
    this.keyBytes = 0;
    this.keyChecksum = EMPTY_CHECKSUM;
    this.keyEpoch = newEpoch();
    this.#garbage = 0;
    if (process !== undefined) this.#write(encodeKeyLine({ process }));
    if (fold !== undefined) this.#write(encodeKeyLine({ fold }));
    for (const [family, { definition, labelSets, positions, width }] of families.entries()) {
      this.#write(encodeKeyLine({ family: definition }));
      let start = 0;
      for (let end = 1; end <= labelSets.length; end++) {
        const isOneRun =
          end < labelSets.length &&
          end - start < LINE_LENGTH &&
          positions[end] === (positions[end - 1] as number) + width;
        if (isOneRun) continue;
        const sets = labelSets.slice(start, end).map((labelSet) => labelSet ?? null);
        this.#write(encodeKeyLine({ series: [family, positions[start] as number, sets] }));
        start = end;
      }
    }
  }
}

function newEpoch(): number {
  return randomInt(2 ** 32);
}

function keyOf(definition: FamilyDefinition): string {
  return `${definition.name} ${signatureOf(definition)} ${definition.part ?? ''}`;
}

function indexesByKey({ labelSets }: FamilyValues): Map<string, number> {
  const indexes = new Map<string, number>();
  for (const [index, labelSet] of labelSets.entries()) {
    if (labelSet !== undefined) indexes.set(JSON.stringify(labelSet), index);
  }
  return indexes;
}

function copied(values: Float64Array, length: number): Float64Array {
  const larger = new Float64Array(length);
  larger.set(values);
  return larger;
}

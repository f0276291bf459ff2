import { crc32 } from 'node:zlib';
import {
  widthOf,
  type FamilyDefinition,
  type FamilyValues,
  type Snapshot,
} from './family-definition.js';
import { EMPTY_CHECKSUM } from './file-format.js';
import { encodeKeyLine, type FoldRecord, type ProcessRecord } from './key-lines.js';

interface OpenFamily extends FamilyValues {
  readonly labelSets: (readonly string[])[];
  readonly positions: number[];
}

const FIRST_KEY_CAPACITY = 16_384;
const FIRST_VALUE_CAPACITY = 1024;

/** Label sets in one line of keys: readers parse a line without letting the event loop go on. */
const LINE_LENGTH = 128;

/** Numbers and their keys, in the form in which they are written to a file. Both only grow. */
export class Ledger implements Snapshot {
  /** Lines of JSON; the first `keyBytes` are valid. */
  keys = Buffer.alloc(FIRST_KEY_CAPACITY);
  keyBytes = 0;
  keyChecksum = EMPTY_CHECKSUM;

  /** The first `valueCount` are valid. Replaced by a larger one when it is full. */
  values = new Float64Array(FIRST_VALUE_CAPACITY);
  valueCount = 0;

  readonly families: OpenFamily[] = [];

  /** What is subtracted from counts and sums before they are written, by their places. */
  base: Float64Array | undefined;

  constructor(head: { readonly process: ProcessRecord } | { readonly fold: FoldRecord }) {
    this.#append(encodeKeyLine(head));
  }

  /** @returns the number of the family */
  addFamily(definition: FamilyDefinition): number {
    this.#append(encodeKeyLine({ family: definition }));
    return this.families.push({ definition, labelSets: [], positions: [] }) - 1;
  }

  /** Gives label sets their places, which hold zeros. */
  addLabelSets(family: number, labelSets: readonly (readonly string[])[]): void {
    const open = this.families[family] as OpenFamily;
    const width = widthOf(open.definition);
    for (let start = 0; start < labelSets.length; start += LINE_LENGTH) {
      const line = labelSets.slice(start, start + LINE_LENGTH);
      this.#append(encodeKeyLine({ series: [family, line] }));
      for (const labelSet of line) {
        open.labelSets.push(labelSet);
        open.positions.push(this.valueCount);
        this.valueCount += width;
      }
    }
    if (this.valueCount <= this.values.length) return;
    const larger = new Float64Array(Math.max(this.values.length * 2, this.valueCount));
    larger.set(this.values);
    this.values = larger;
  }

  /**
   * Counts from 0 again: what was written so far is counted elsewhere from now on. Gauges stay.
   */
  rebase(): void {
    const base = new Float64Array(this.values.length);
    base.set(this.base ?? []);
    for (const { definition, positions } of this.families) {
      if (definition.type === 'gauge') continue;
      const width = widthOf(definition);
      for (const position of positions) {
        for (let i = position; i < position + width; i++) {
          (base[i] as number) += this.values[i] as number;
          this.values[i] = 0;
        }
      }
    }
    this.base = base;
  }

  /** Writes a number. @returns whether it differs from the one that was there */
  write(position: number, value: number): boolean {
    const written = value - (this.base?.[position] ?? 0);
    if (Object.is(this.values[position], written)) return false;
    this.values[position] = written;
    return true;
  }

  #append(line: Buffer): void {
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
}

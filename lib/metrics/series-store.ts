import { Exemplars, type Exemplar, type ExemplarLabels } from './exemplars.js';
import type { LabelGroup } from './label-group.js';
import { LabelIndex } from './label-index.js';
import { SeriesLives } from './series-lives.js';
import { SlotPages } from './slot-pages.js';
import { withPlace } from './typed-column.js';

const FIRST_LOOK = 64;
const SECOND_LOOK = 1024;

// Shared by all stores until they have something to keep: a column is replaced when it grows.
const NO_GROUPS = new Uint32Array(0);
const NO_DATES = new Float64Array(0);

/** How many places are looked at with each change, for label sets that are to be forgotten. */
const SWEPT_AT_ONCE = 4;

/**
 * The label sets of a metric and their numbers. A label set has no object of its own, only a slot
 * and an entry in two lists, which keeps it small.
 */
export class SeriesStore {
  readonly numbers: SlotPages;
  /** Finds the slot of a label set. */
  index: LabelIndex;
  /** With how many label sets the order of look-up is looked at again. */
  #nextLook = FIRST_LOOK;
  /** By index: the value of the label that is looked up last. Stays empty without labels. */
  readonly #lastValues: string[] = [];
  /** By index: the number of the group that has the other values; 0 past the end. */
  #groups = NO_GROUPS;
  /** Tells which label sets are there, once one was taken out. */
  #lives: SeriesLives | undefined;
  #generation = 0;
  /** By index: milliseconds since the epoch. Stays empty where nobody asks. */
  #createdAt = NO_DATES;
  /** Made with the first one. */
  #exemplars: Exemplars | undefined;

  /**
   * @param order positions of the labels in the order in which they are looked up; `undefined` lets
   *   the label that turns out to have the most values be the last one
   * @param width numbers of each label set
   * @param isDated whether it is kept when a label set was made or reset
   */
  constructor(
    readonly labelNames: readonly string[],
    private readonly order: readonly number[] | undefined,
    width: number,
    private readonly isDated: boolean,
  ) {
    this.index = new LabelIndex(labelNames, order ?? labelNames.map((_, position) => position));
    this.numbers = new SlotPages(width);
  }

  /** How many places there are. */
  get length(): number {
    return this.numbers.length;
  }

  /** How many label sets are there. */
  get size(): number {
    return this.#lives?.alive ?? this.numbers.length;
  }

  /** Whether a label set was ever taken out. */
  get hasLost(): boolean {
    return this.#lives !== undefined;
  }

  /** How many label sets there have ever been. */
  get born(): number {
    return this.#lives?.born ?? this.numbers.length;
  }

  /** Changes when a slot that was handed out may have become that of another label set, or of none. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Differs for all label sets that have ever been at an index, and grows with time; 0 when there is
   * none now.
   */
  birthOf(index: number): number {
    if (index >= this.numbers.length) return 0;
    const lives = this.#lives;
    if (lives === undefined) return index + 1;
    return lives.isAlive(index) ? lives.birthOf(index) : 0;
  }

  /** The slot of a label set; `undefined` when it is not there. */
  get(values: readonly string[]): number | undefined {
    const slot = this.index.get(values);
    if (slot === undefined || this.#lives === undefined) return slot;
    return this.#lives.isAlive(this.numbers.indexOf(slot)) ? slot : undefined;
  }

  /** The slot of a label set that is not there, whose numbers are 0. */
  add(values: readonly string[]): number {
    const slot = this.#take(values);
    const index = this.numbers.indexOf(slot);
    this.#exemplars?.forget(index);
    if (!this.isDated) return slot;
    this.#createdAt = withPlace(this.#createdAt, index);
    this.#createdAt[index] = Date.now();
    return slot;
  }

  /** Takes a label set out. @returns whether it was there */
  remove(values: readonly string[]): boolean {
    const slot = this.get(values);
    if (slot === undefined) return false;
    const lives = (this.#lives ??= new SeriesLives(this.numbers.length));
    lives.end(this.numbers.indexOf(slot));
    this.#generation += 1;
    this.#sweep(lives);
    return true;
  }

  /** Takes all label sets out. */
  clear(): void {
    const lives = (this.#lives ??= new SeriesLives(this.numbers.length));
    this.#generation += 1;
    this.#exemplars = undefined;
    if (!lives.isWasteful) {
      lives.endAll();
      return;
    }
    lives.clear();
    this.index.clear();
    this.numbers.startAnew();
    this.#lastValues.length = 0;
    this.#groups = NO_GROUPS;
    this.#createdAt = NO_DATES;
  }

  /** In the order of `labelNames`; put together anew each time. */
  labelValuesOf(slot: number): readonly string[] {
    if (this.labelNames.length === 0) return [];
    const index = this.numbers.indexOf(slot);
    return this.#groupAt(index).valuesOf(this.#lastValues[index] as string);
  }

  /** The label set as an exposition has it, without braces; put together anew each time. */
  labelTextOf(slot: number): string {
    if (this.labelNames.length === 0) return '';
    const index = this.numbers.indexOf(slot);
    return this.#groupAt(index).textOf(this.#lastValues[index] as string);
  }

  /** When it was made or reset, in milliseconds since the epoch; NaN where that is not kept. */
  createdAt(slot: number): number {
    return this.#createdAt[this.numbers.indexOf(slot)] ?? NaN;
  }

  /** Says that it was made at that time, unless it was made before. */
  dateBack(slot: number, createdAt: number): void {
    const index = this.numbers.indexOf(slot);
    if (createdAt < (this.#createdAt[index] ?? NaN)) this.#createdAt[index] = createdAt;
  }

  noteExemplar(slot: number, bucket: number, labels: ExemplarLabels, value: number): void {
    this.#exemplars ??= new Exemplars();
    this.#exemplars.note(this.numbers.indexOf(slot), bucket, labels, value);
  }

  /** By bucket, with gaps; `undefined` when there are none. */
  exemplarsOf(slot: number): readonly (Exemplar | undefined)[] | undefined {
    return this.#exemplars?.of(this.numbers.indexOf(slot));
  }

  /** Sets all numbers to 0, as if the label sets were made now. */
  reset(): void {
    this.numbers.clear();
    this.#createdAt.fill(Date.now());
    this.#exemplars = undefined;
  }

  #take(values: readonly string[]): number {
    const lives = this.#lives;
    if (lives === undefined) return this.#place(this.numbers.length, values);
    const former = this.index.get(values);
    if (former === undefined) {
      this.#sweep(lives);
      return this.#place(lives.begin(), values);
    }
    lives.revive(this.numbers.indexOf(former));
    this.numbers.clearAt(former);
    return former;
  }

  #place(index: number, values: readonly string[]): number {
    const { numbers } = this;
    const isNew = index === numbers.length;
    const slot = isNew ? numbers.allocate() : numbers.slotOf(index);
    if (!isNew) numbers.clearAt(slot);
    const group = this.index.groupFor(values);
    const lastValue = this.index.lastOf(values);
    group.slots.set(lastValue, slot);
    if (this.labelNames.length === 0) return slot;
    this.#lastValues[index] = lastValue;
    if (group.number > 0 || index < this.#groups.length) this.#noteGroup(index, group.number);
    if (numbers.length === this.#nextLook) this.#lookAtOrder();
    return slot;
  }

  /** A label that has a value of its own in most label sets takes much less room as the last one. */
  #lookAtOrder(): void {
    const { numbers, labelNames } = this;
    this.#nextLook = this.#nextLook === FIRST_LOOK ? SECOND_LOOK : Infinity;
    if (this.order !== undefined || this.#lives !== undefined) return;
    const slots = Array.from({ length: numbers.length }, (_, index) => numbers.slotOf(index));
    const labelSets = slots.map((slot) => this.labelValuesOf(slot));
    const variety = labelNames.map((_, i) => new Set(labelSets.map((values) => values[i])).size);
    const order = labelNames
      .map((_, position) => position)
      .sort((a, b) => (variety[a] as number) - (variety[b] as number));
    this.index = new LabelIndex(labelNames, order);
    this.#groups = NO_GROUPS;
    for (const [index, values] of labelSets.entries()) {
      const group = this.index.groupFor(values);
      const lastValue = this.index.lastOf(values);
      group.slots.set(lastValue, slots[index] as number);
      this.#lastValues[index] = lastValue;
      if (group.number > 0) this.#noteGroup(index, group.number);
    }
  }

  #sweep(lives: SeriesLives): void {
    for (let looked = 0; looked < SWEPT_AT_ONCE; looked++) {
      const index = lives.sweep();
      if (index === undefined) continue;
      this.index.delete(this.labelValuesOf(this.numbers.slotOf(index)));
      this.#lastValues[index] = '';
    }
  }

  #groupAt(index: number): LabelGroup {
    return this.index.groups[this.#groups[index] ?? 0] as LabelGroup;
  }

  #noteGroup(index: number, group: number): void {
    this.#groups = withPlace(this.#groups, index);
    this.#groups[index] = group;
  }
}

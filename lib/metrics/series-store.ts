import type { LabelGroup } from './label-group.js';
import { LabelIndex } from './label-index.js';
import { SlotPages } from './slot-pages.js';

const NO_GROUPS = new Uint32Array(0);

/** By how much the list of groups grows. */
const GROWTH = 1.25;

/**
 * The label sets of a metric and their numbers. None is ever taken out. A label set has no object of
 * its own, only a slot and an entry in two lists, which keeps it small.
 */
export class SeriesStore {
  readonly numbers: SlotPages;
  /** Finds the slot of a label set. */
  readonly index: LabelIndex;
  /** By index: the value of the label that is looked up last. Stays empty without labels. */
  readonly #lastValues: string[] = [];
  /** By index: the number of the group that has the other values; 0 past the end. */
  #groups = NO_GROUPS;

  /**
   * @param order positions of the labels in the order in which they are looked up
   * @param width numbers of each label set
   */
  constructor(
    readonly labelNames: readonly string[],
    order: readonly number[],
    width: number,
  ) {
    this.index = new LabelIndex(labelNames, order);
    this.numbers = new SlotPages(width);
  }

  get length(): number {
    return this.numbers.length;
  }

  /** A slot for a label set that has none. */
  add(values: readonly string[]): number {
    const index = this.numbers.length;
    const slot = this.numbers.allocate();
    const group = this.index.groupFor(values);
    const lastValue = this.index.lastOf(values);
    group.slots.set(lastValue, slot);
    if (this.labelNames.length === 0) return slot;
    this.#lastValues.push(lastValue);
    if (group.number > 0) this.#noteGroup(index, group.number);
    return slot;
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

  #groupAt(index: number): LabelGroup {
    return this.index.groups[this.#groups[index] ?? 0] as LabelGroup;
  }

  #noteGroup(index: number, group: number): void {
    if (index >= this.#groups.length) {
      const larger = new Uint32Array(4 + Math.ceil(index * GROWTH));
      larger.set(this.#groups);
      this.#groups = larger;
    }
    this.#groups[index] = group;
  }
}

import { OTHER } from '../core/constants.js';
import { boundedLabelValue, MAX_LABEL_VALUE_LENGTH } from './label-value.js';
import { isAddedUp, widthOf, type MetricType, type SeriesLayout } from './layout.js';
import { SeriesList } from './series-list.js';
import { SeriesStore } from './series-store.js';
import type { Series } from './series.js';
import type { SlotPages } from './slot-pages.js';

/** What makes two metrics of one name the same metric, and the bounds of the store. */
export interface MetricDefinition {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** Most label sets that are kept, those of the overflow included. @default 2000 */
  readonly maxSeries?: number;
  /** Longest label value that is kept, in UTF-16 code units. @default 256 */
  readonly maxValueLength?: number;
  /**
   * Label names in the order of look-up; the one with the most values last.
   * @default worked out from the label sets
   */
  readonly lookupOrder?: readonly string[];
}

export const DEFAULT_MAX_SERIES = 2000;

/** Share of `maxSeries` that is kept free for label sets with overflowed labels. */
const OVERFLOW_SHARE = 0.1;

/** How many of the newest label sets are looked at to tell which label overflows. */
const OVERFLOW_SAMPLE = 1000;

/**
 * A family of series with the same label names, which never holds more than `maxSeries` of them.
 *
 * Nothing is dropped when the limit is near: for new label sets, the label that has the most
 * values is replaced by `_other`, then the next one, and so on. The sum over all series therefore
 * always equals what was recorded.
 */
export abstract class Metric<S extends Series = Series> {
  readonly name: string;
  readonly help: string;
  abstract readonly type: MetricType;
  /** What its numbers mean. */
  readonly layout: SeriesLayout;
  readonly labelNames: readonly string[];
  readonly maxSeries: number;

  /** The numbers of the series, by their slots. */
  readonly numbers: SlotPages;

  /** Called for each look-up that was answered with an overflow series. */
  onOverflow: ((metric: Metric) => void) | undefined;

  protected readonly store: SeriesStore;
  readonly #regularLimit: number;
  /** Label values as they are stored. */
  readonly #stored: (value: string) => string;
  #overflowOrder: readonly number[] | undefined;
  /** How many label sets have a label that overflowed. */
  #overflows = 0;

  protected constructor(definition: MetricDefinition, layout: SeriesLayout) {
    this.name = definition.name;
    this.help = definition.help;
    this.layout = layout;
    this.labelNames = [...(definition.labelNames ?? [])];
    this.maxSeries = definition.maxSeries ?? DEFAULT_MAX_SERIES;
    const order = definition.lookupOrder?.map((name) => this.labelNames.indexOf(name));
    this.store = new SeriesStore(this.labelNames, order, widthOf(layout), isAddedUp(layout.type));
    this.numbers = this.store.numbers;
    const reserve = Math.max(1, Math.floor(this.maxSeries * OVERFLOW_SHARE));
    this.#regularLimit = this.maxSeries === Infinity ? Infinity : this.maxSeries - reserve;
    const longest = definition.maxValueLength ?? MAX_LABEL_VALUE_LENGTH;
    this.#stored = (value) => boundedLabelValue(value, longest);
  }

  /** What two metrics of one name have to have in common beside type and labels, by its name. */
  get traits(): Readonly<Record<string, string>> {
    return {};
  }

  /** In the order of their places. */
  get series(): SeriesList<S> {
    return new SeriesList(this.store, this);
  }

  /**
   * The series of a label set, created when it is new.
   *
   * @param values one for each of `labelNames`, in that order
   */
  labels(values: readonly string[]): S {
    return this.seriesAt(this.slot(values));
  }

  /**
   * The slot of a label set's series, created when it is new. For those who record into it once and
   * need not have the object that `labels()` makes.
   *
   * @param values one for each of `labelNames`, in that order
   */
  slot(values: readonly string[]): number {
    return this.store.get(values) ?? this.#slotFor(values);
  }

  /** The series of a label set, or `undefined` when nothing was recorded for it. */
  find(values: readonly string[]): S | undefined {
    const slot = this.store.get(values);
    return slot === undefined ? undefined : this.seriesAt(slot);
  }

  /**
   * The slots of all label sets that differ in the label looked up last alone, by its value;
   * `undefined` when there is none. The map stays current.
   */
  siblings(values: readonly string[]): ReadonlyMap<string, number> | undefined {
    return this.store.index.group(values)?.slots;
  }

  /** Sets all values to 0. Label sets stay, so that series kept by callers stay valid. */
  reset(): void {
    this.store.reset();
  }

  /**
   * Takes a series out: its room is given to others. What was handed out for it is not valid any
   * more (see `generation`).
   *
   * @returns whether it was there
   */
  remove(values: readonly string[]): boolean {
    if (!this.store.remove(values) && !this.store.remove(values.map(this.#stored))) return false;
    if (this.#overflows > 0 && values.includes(OTHER)) this.#overflows -= 1;
    return true;
  }

  /** Takes all series out. */
  clear(): void {
    this.store.clear();
    this.#overflows = 0;
  }

  /** Changes when a slot or a series that was handed out may not be valid any more. */
  get generation(): number {
    return this.store.generation;
  }

  /** Differs for all series that have ever been at an index; 0 when there is none now. */
  birthOf(index: number): number {
    return this.store.birthOf(index);
  }

  /** When the series at a slot was made or reset, see `Series.createdAt`. */
  createdAt(slot: number): number {
    return this.store.createdAt(slot);
  }

  /** The series at a slot goes on from another one, which was made or reset then. */
  dateBack(slot: number, createdAt: number): void {
    this.store.dateBack(slot, createdAt);
  }

  /** The series at a slot that was handed out. */
  abstract seriesAt(slot: number): S;

  /** A slot for a label set that has none. */
  protected add(values: readonly string[]): number {
    return this.store.add(values);
  }

  #slotFor(values: readonly string[]): number {
    if (this.labelNames.length === 0) return this.add([]);
    const stored = values.map(this.#stored);
    return this.store.get(stored) ?? this.#create(stored);
  }

  #create(values: string[]): number {
    const { store } = this;
    if (store.size - this.#overflows < this.#regularLimit) return this.add(values);
    this.onOverflow?.(this);
    this.#overflowOrder ??= this.#labelsByVariety();
    for (const [replaced, position] of this.#overflowOrder.entries()) {
      values[position] = OTHER;
      const known = store.get(values);
      if (known !== undefined) return known;
      // The last place is that of the label set which is `_other` throughout.
      if (replaced === 0 && store.size < this.maxSeries - 1) break;
    }
    this.#overflows += 1;
    return this.add(values);
  }

  /**
   * Label positions, the one with the most distinct values first. Looks at the newest label sets
   * only: the label that overflows is the one that varies among them, and the time is bounded.
   */
  #labelsByVariety(): number[] {
    const { store } = this;
    const distinct = this.labelNames.map(() => new Set<string>());
    const first = Math.max(0, store.length - OVERFLOW_SAMPLE);
    for (let index = first; index < store.length; index++) {
      if (store.birthOf(index) === 0) continue;
      const labelValues = store.labelValuesOf(store.numbers.slotOf(index));
      for (const [position, value] of labelValues.entries()) {
        distinct[position]?.add(value);
      }
    }
    const variety = distinct.map(({ size }) => size);
    return variety
      .map((_, position) => position)
      .sort((a, b) => (variety[b] as number) - (variety[a] as number));
  }
}

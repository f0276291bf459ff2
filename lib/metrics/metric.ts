import { OTHER } from '../prometheus.constants.js';
import { LabelIndex } from './label-index.js';
import { storedLabelValue } from './label-value.js';
import type { Series, SeriesPlace } from './series.js';
import { SlotPages } from './slot-pages.js';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary';

/** What makes two metrics of one name the same metric, and the bounds of the store. */
export interface MetricDefinition {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** Most label sets that are kept, those of the overflow included. @default 2000 */
  readonly maxSeries?: number;
  /**
   * Label names in the order of look-up; the one with the most values last.
   * @default labelNames
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
  readonly labelNames: readonly string[];
  readonly maxSeries: number;

  /** In the order of their creation; grows at its end only. */
  readonly series: readonly S[];

  /** Called for each look-up that was answered with an overflow series. */
  onOverflow: ((metric: Metric) => void) | undefined;

  readonly #series: S[] = [];
  readonly #index: LabelIndex<S>;
  readonly #pages: SlotPages;
  readonly #regularLimit: number;
  #overflowOrder: readonly number[] | undefined;

  protected constructor(definition: MetricDefinition, width: number) {
    this.name = definition.name;
    this.help = definition.help;
    this.labelNames = [...(definition.labelNames ?? [])];
    this.maxSeries = definition.maxSeries ?? DEFAULT_MAX_SERIES;
    this.series = this.#series;
    const order = definition.lookupOrder ?? this.labelNames;
    this.#index = new LabelIndex(
      this.labelNames,
      order.map((name) => this.labelNames.indexOf(name)),
    );
    this.#pages = new SlotPages(width);
    this.#regularLimit = this.maxSeries - Math.max(1, Math.floor(this.maxSeries * OVERFLOW_SHARE));
  }

  /**
   * The series of a label set, created when it is new.
   *
   * @param values one for each of `labelNames`, in that order
   */
  labels(values: readonly string[]): S {
    if (this.labelNames.length === 0) return this.#series[0] ?? this.#add([]);
    const known = this.#index.get(values);
    if (known !== undefined) return known;
    const stored = values.map(storedLabelValue);
    return this.#index.get(stored) ?? this.#create(stored);
  }

  /** The series of a label set, or `undefined` when nothing was recorded for it. */
  find(values: readonly string[]): S | undefined {
    return this.labelNames.length === 0 ? this.#series[0] : this.#index.get(values);
  }

  /**
   * The series of all label sets that differ in the label looked up last alone, by its value;
   * `undefined` when there is none. The map stays current.
   */
  siblings(values: readonly string[]): ReadonlyMap<string, S> | undefined {
    return this.#index.group(values)?.series;
  }

  /** Whether new label sets are being replaced by overflow ones. */
  get isFull(): boolean {
    return this.labelNames.length > 0 && this.#series.length >= this.#regularLimit;
  }

  /** Sets all values to 0. Label sets stay, so that series kept by callers stay valid. */
  reset(): void {
    for (const { values, offset } of this.#series) {
      values.fill(0, offset, offset + this.#pages.width);
    }
  }

  protected abstract createSeries(place: SeriesPlace): S;

  #add(labelValues: readonly string[]): S {
    const group = this.#index.groupFor(labelValues);
    const labelValue = this.#index.lastOf(labelValues);
    const series = this.createSeries({ slot: this.#pages.allocate(), group, labelValue });
    this.#series.push(series);
    group.series.set(labelValue, series);
    return series;
  }

  #create(values: string[]): S {
    if (this.#series.length < this.#regularLimit) return this.#add(values);
    this.onOverflow?.(this);
    this.#overflowOrder ??= this.#labelsByVariety();
    for (const [replaced, position] of this.#overflowOrder.entries()) {
      values[position] = OTHER;
      const known = this.#index.get(values);
      if (known !== undefined) return known;
      // The last place is that of the label set which is `_other` throughout.
      if (replaced === 0 && this.#series.length < this.maxSeries - 1) return this.#add(values);
    }
    return this.#add(values);
  }

  /**
   * Label positions, the one with the most distinct values first. Looks at the newest label sets
   * only: the label that overflows is the one that varies among them, and the time is bounded.
   */
  #labelsByVariety(): number[] {
    const newest = this.#series.slice(-OVERFLOW_SAMPLE);
    const variety = this.labelNames.map(
      (_, position) => new Set(newest.map((series) => series.labelValues[position])).size,
    );
    return variety
      .map((_, position) => position)
      .sort((a, b) => (variety[b] as number) - (variety[a] as number));
  }
}

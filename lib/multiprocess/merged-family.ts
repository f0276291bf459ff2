import type { SeriesFamily, SeriesView } from '../exposition/family.js';
import { labelSetText } from '../metrics/label-text.js';
import { mergeNumbers } from '../metrics/layout.js';
import { makeMetric, type AnyMetric } from '../metrics/make-metric.js';
import type { Series } from '../metrics/series.js';
import {
  accumulates,
  isDated,
  numbersOf,
  PID_LABEL,
  placesOf,
  shownLabelNames,
  type FamilyDefinition,
  type LabelSet,
} from './files/family-definition.js';

/**
 * The values of one name over several processes.
 *
 * Sums of fractions are kept with what rounding takes off them. Otherwise a sum would depend on the
 * order in which processes end, could become a little smaller when one does, and Prometheus would
 * take that for a restart and count the whole sum once more.
 */
export class MergedFamily {
  readonly metric: AnyMetric;
  readonly #width: number;
  readonly #isExact: boolean;
  /** What rounding took off the first number of a series, by the series' index. */
  #rests = new Float64Array(0);

  /**
   * @param maxSeries most label sets; more are recorded as `_other`, and nothing is lost.
   *   @default no limit
   */
  constructor(
    readonly definition: FamilyDefinition,
    maxSeries = Infinity,
  ) {
    const { name, help, type, bounds = [], native, mode } = definition;
    const labelNames = shownLabelNames(definition);
    this.metric = makeMetric(type, {
      name,
      help,
      labelNames,
      maxSeries,
      // Each process has cut them already, where they are to be cut.
      maxValueLength: Infinity,
      buckets: bounds,
      native,
      ...(mode === undefined ? {} : { multiprocessMode: mode }),
    });
    this.#width = numbersOf(definition);
    this.#isExact = accumulates(definition);
  }

  /**
   * Adds one series of a process.
   *
   * @param definition as the process has it
   * @param pid of the process, where processes stay apart and the label set does not have it
   */
  add(
    definition: FamilyDefinition,
    labelSet: LabelSet,
    values: Float64Array,
    position: number,
    pid: string | undefined,
  ): void {
    const { metric } = this;
    const { numbers, labelNames } = metric;
    const isComplete = pid === undefined || labelSet.length === labelNames.length;
    const before = numbers.length;
    const slot = metric.slot(isComplete ? labelSet : [...labelSet, pid]);
    const target = numbers.valuesOf(slot);
    const at = numbers.offsetOf(slot);
    const restAt = position + placesOf(definition) - 1;
    let rest = definition.isExact === true ? (values[restAt] as number) : 0;
    if (numbers.length > before) {
      for (let i = 0; i < this.#width; i++) target[at + i] = values[position + i] as number;
    } else {
      const present = target[at] as number;
      mergeNumbers(definition, target, at, values, position);
      if (this.#isExact) rest += lostIn(present, values[position] as number, target[at] as number);
    }
    if (isDated(definition)) metric.dateBack(slot, values[position + this.#width] as number);
    if (this.#isExact && rest !== 0) this.#addRest(numbers.indexOf(slot), rest);
  }

  /**
   * Adds a block of exponential buckets of one series of a process, which was added before.
   *
   * @param labelSet as a family of blocks has it
   */
  addBlock(labelSet: LabelSet, values: Float64Array, position: number): void {
    const { metric } = this;
    if (metric.type !== 'histogram') return;
    const [schema, key] = labelSet.slice(-2).map(Number) as [number, number];
    const slot = metric.slot(labelSet.slice(0, -2));
    metric.native?.mergeBlock(slot, schema, key, values, position);
  }

  /** What rounding took off the first number of a series. */
  restAt(index: number): number {
    return this.#rests[index] ?? 0;
  }

  /** What is rendered. Nothing can be added after this. */
  get family(): SeriesFamily {
    this.#round();
    if (this.definition.isClient !== true) return this.metric;
    const { name, help, type, labelNames } = this.metric;
    const bounds = this.metric.type === 'histogram' ? this.metric.bounds : undefined;
    const series = Array.from<Series, SeriesView>(this.metric.series, (each) => ({
      labelText: textWithoutEmpty(labelNames, each.labelValues),
      labelValues: each.labelValues,
      values: each.values,
      offset: each.offset,
    }));
    return { name, help, type, labelNames, series, bounds };
  }

  #addRest(index: number, rest: number): void {
    if (index >= this.#rests.length) {
      const larger = new Float64Array(Math.max(64, index * 2));
      larger.set(this.#rests);
      this.#rests = larger;
    }
    (this.#rests[index] as number) += rest;
  }

  #round(): void {
    const { numbers } = this.metric;
    for (const [index, rest] of this.#rests.entries()) {
      if (rest === 0) continue;
      const slot = numbers.slotOf(index);
      (numbers.valuesOf(slot)[numbers.offsetOf(slot)] as number) += rest;
    }
    this.#rests.fill(0);
  }
}

/** What rounding took off a sum of two numbers (Knuth's TwoSum); 0 where that is no number. */
export function lostIn(a: number, b: number, sum: number): number {
  const second = sum - a;
  const lost = a - (sum - second) + (b - second);
  return Number.isFinite(lost) ? lost : 0;
}

/** The label set of a metric whose labels need not all be set. */
function textWithoutEmpty(names: readonly string[], values: readonly string[]): string {
  const isSet = (_: string, index: number): boolean => values[index] !== '';
  return labelSetText(
    names.filter(isSet),
    values.filter((value) => value !== ''),
  );
}

/** The pid that a series of mode `all` carries. */
export function pidOf(definition: FamilyDefinition, labelSet: LabelSet): string {
  return labelSet[shownLabelNames(definition).indexOf(PID_LABEL)] ?? '';
}

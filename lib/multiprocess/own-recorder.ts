import { VALUE } from '../metrics/layout.js';
import type { AnyMetric } from '../metrics/make-metric.js';
import type { Metric } from '../metrics/metric.js';
import type { Series } from '../metrics/series.js';
import { BlockRecorder } from './block-recorder.js';
import {
  isDated,
  numbersOf,
  type FamilyDefinition,
  type LabelSet,
} from './files/family-definition.js';
import type { Ledger } from './files/ledger.js';
import type { ProcessCounters } from './process-counters.js';

/** Names and values of labels that every series gets. */
export type ExtraLabels = readonly (readonly [name: string, value: string])[];

interface Entry {
  readonly family: number;
  /** Where the start of a series is behind its position; `undefined` where it has none. */
  readonly startAt: number | undefined;
  /** Copies the exponential buckets, where there are any. */
  readonly blocks: BlockRecorder | undefined;
  /** By the index of a series in the metric: where its numbers are in the ledger. */
  readonly positions: number[];
  /** By the same: which series it was that had this index; kept once one was removed. */
  births: number[] | undefined;
  /** That of the metric, when the series were looked at last. */
  generation: number;
  /** Values of the extra labels that the metric has not itself. */
  readonly extra: readonly string[];
}

/** Instead of a position, where no series has the index. */
const NOWHERE = -1;

const NONE: ReadonlySet<AnyMetric> = new Set();

/** Series that are copied in one go: about 20 µs. */
const STRIDE = 512;

/** Copies the numbers of the library's own metrics to a ledger. */
export class OwnRecorder {
  readonly #entries = new Map<Metric, Entry>();
  /** What was written here of each counter of the process. */
  readonly #advanced = new Map<string, number>();

  constructor(
    private readonly ledger: Ledger,
    private readonly extraLabels: ExtraLabels,
    private readonly processCounters?: ProcessCounters,
  ) {}

  /**
   * Copies what has changed, a part at each step, so that the caller can let the event loop go on.
   * The numbers of one series are always copied together. Counts of a metric that is not among
   * these any more stay, gauges do not.
   *
   * @param ofProcess those of the metrics that count for the whole process
   * @returns whether anything has changed
   */
  *record(
    metrics: readonly AnyMetric[],
    ofProcess: ReadonlySet<AnyMetric> = NONE,
  ): Generator<void, boolean, undefined> {
    let hasChanged = false;
    for (const metric of metrics) {
      const entry = this.#entries.get(metric) ?? this.#enter(metric);
      if (this.#takeSeries(metric, entry)) hasChanged = true;
      if (metric.type === 'counter' && ofProcess.has(metric)) {
        if (this.#advance(metric, entry)) hasChanged = true;
        continue;
      }
      for (let start = 0; start < entry.positions.length; start += STRIDE) {
        // Series that were removed meanwhile may have left their places to others.
        const areOthers = metric.generation !== entry.generation;
        if (areOthers && this.#takeSeries(metric, entry)) hasChanged = true;
        if (this.#copy(metric, entry, start)) hasChanged = true;
        yield;
      }
    }
    return this.retain(metrics, true) || hasChanged;
  }

  /**
   * Forgets all metrics but these.
   *
   * @param keepsCounts whether what the others counted stays in the ledger
   * @returns whether there were others
   */
  retain(metrics: readonly AnyMetric[], keepsCounts: boolean): boolean {
    if (this.#entries.size === metrics.length) return false;
    const retained = new Set<Metric>(metrics);
    let hasChanged = false;
    for (const [metric, { family, blocks }] of this.#entries) {
      if (retained.has(metric)) continue;
      this.#entries.delete(metric);
      this.ledger.abandon(family, keepsCounts);
      if (blocks !== undefined) this.ledger.abandon(blocks.family, keepsCounts);
      hasChanged = true;
    }
    return hasChanged;
  }

  /** What was written so far of counters of the process stays, whatever becomes of the ledger. */
  settle(): void {
    this.#advanced.clear();
  }

  /** The ledger is given up, with what was written there of counters of the process. */
  giveUp(): void {
    for (const [series, part] of this.#advanced) this.processCounters?.withdraw(series, part);
    this.#advanced.clear();
  }

  #enter(metric: AnyMetric): Entry {
    const { name, help, type, maxSeries } = metric;
    const extra = this.extraLabels.filter(([label]) => !metric.labelNames.includes(label));
    const native = metric.type === 'histogram' ? metric.native : undefined;
    const definition: FamilyDefinition = {
      name,
      help,
      type,
      labelNames: [...metric.labelNames, ...extra.map(([label]) => label)],
      maxSeries: Math.min(maxSeries, Number.MAX_SAFE_INTEGER),
      ...(metric.type === 'histogram' ? { bounds: [...metric.bounds] } : {}),
      ...(native === undefined ? {} : { native: metric.layout.native }),
      ...(metric.type === 'gauge' ? { mode: metric.multiprocessMode } : {}),
    };
    const family = this.ledger.addFamily(definition);
    const blocks =
      native &&
      new BlockRecorder(
        this.ledger,
        this.ledger.addFamily({ ...definition, part: 'buckets' }),
        native,
      );
    const entry: Entry = {
      family,
      startAt: isDated(definition) ? numbersOf(definition) : undefined,
      blocks,
      positions: [],
      births: undefined,
      generation: 0,
      extra: extra.map(([, value]) => value),
    };
    this.#entries.set(metric, entry);
    return entry;
  }

  /** Gives new series a place in the ledger, and takes removed ones out of it. */
  #takeSeries(metric: AnyMetric, entry: Entry): boolean {
    const { positions, births } = entry;
    const { length } = metric.series;
    const isAsBefore = metric.generation === 0;
    if (isAsBefore && positions.length === length) return false;
    entry.generation = metric.generation;
    const added: number[] = [];
    if (isAsBefore) {
      for (let index = positions.length; index < length; index++) added.push(index);
    } else {
      const former = births ?? positions.map((_, index) => index + 1);
      entry.births = Array.from({ length }, (_, index) => metric.birthOf(index));
      const removed: number[] = [];
      const indexes: number[] = [];
      for (let index = 0; index < Math.max(length, former.length); index++) {
        const [before = 0, now = 0] = [former[index], entry.births[index]];
        if (before === now) continue;
        if (before !== 0) {
          removed.push(positions[index] as number);
          indexes.push(index);
        }
        if (now !== 0) added.push(index);
        positions[index] = NOWHERE;
      }
      positions.length = length;
      if (removed.length > 0) this.ledger.remove(entry.family, removed);
      entry.blocks?.remove(indexes);
      if (removed.length + added.length === 0) return false;
    }
    this.#addSeries(metric, entry, added);
    return true;
  }

  #addSeries(metric: AnyMetric, entry: Entry, added: number[]): void {
    const labelSets = added.map((index) => labelSetOf(metric, entry, index));
    const given = this.ledger.addLabelSets(entry.family, labelSets);
    for (const [nth, index] of added.entries()) {
      entry.positions[index] = given[nth] as number;
      this.#writeStart(metric, entry, index);
    }
  }

  #writeStart(metric: AnyMetric, { positions, startAt }: Entry, index: number): void {
    if (startAt === undefined) return;
    const start = metric.createdAt(metric.numbers.slotOf(index));
    this.ledger.writeStart((positions[index] as number) + startAt, start);
  }

  #advance(metric: AnyMetric, { positions }: Entry): boolean {
    const { name, series } = metric;
    let hasChanged = false;
    for (const [index, position] of positions.entries()) {
      const one = position === NOWHERE ? undefined : series.at(index);
      if (one === undefined) continue;
      const key = JSON.stringify([name, one.labelValues]);
      const value = one.values[one.offset + VALUE] as number;
      const grown = this.processCounters?.advance(key, value) ?? 0;
      if (grown === 0) continue;
      (this.ledger.values[position] as number) += grown;
      this.#advanced.set(key, (this.#advanced.get(key) ?? 0) + grown);
      hasChanged = true;
    }
    return hasChanged;
  }

  #copy(metric: AnyMetric, entry: Entry, start: number): boolean {
    const { positions } = entry;
    const end = Math.min(start + STRIDE, positions.length);
    let hasChanged = false;
    for (let index = start; index < end; index++) {
      if (positions[index] === NOWHERE || !this.#copyNumbers(metric, entry, index)) continue;
      hasChanged = true;
      this.#writeStart(metric, entry, index);
      const slot = metric.numbers.slotOf(index);
      entry.blocks?.copy(index, slot, () => labelSetOf(metric, entry, index));
    }
    return hasChanged;
  }

  #copyNumbers({ numbers }: AnyMetric, { positions }: Entry, index: number): boolean {
    const { values: target, base } = this.ledger;
    const slot = numbers.slotOf(index);
    const values = numbers.valuesOf(slot);
    const offset = numbers.offsetOf(slot);
    const position = positions[index] as number;
    const { width } = numbers;
    let hasChanged = false;
    for (let i = 0; i < width; i++) {
      let value = values[offset + i] as number;
      if (base !== undefined) value -= base[position + i] as number;
      const present = target[position + i] as number;
      if (value !== present && !(Number.isNaN(value) && Number.isNaN(present))) {
        target[position + i] = value;
        hasChanged = true;
      }
    }
    return hasChanged;
  }
}

function labelSetOf(metric: AnyMetric, { extra }: Entry, index: number): LabelSet {
  const { labelValues } = metric.series.at(index) as Series;
  return extra.length === 0 ? labelValues : [...labelValues, ...extra];
}

import type { GaugeLike } from './gauge-mode.js';
import type { Metric } from '../metrics/metric.js';
import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
import type { Series } from '../metrics/series.js';
import type { AnyMetric } from '../metrics/make-metric.js';
import { isMostRecent, widthOf, type FamilyDefinition } from './files/family-definition.js';
import type { Ledger } from './files/ledger.js';

/** Names and values of labels that every series gets. */
export type ExtraLabels = readonly (readonly [name: string, value: string])[];

interface Entry {
  readonly family: number;
  readonly width: number;
  readonly isMostRecent: boolean;
  /** Values of the extra labels that the metric has not itself. */
  readonly extra: readonly string[];
}

/** Series that are copied in one go: about 20 µs. */
const STRIDE = 512;

/** Copies the numbers of the library's own metrics to a ledger. */
export class SeriesRecorder {
  readonly #entries = new Map<Metric, Entry>();

  constructor(
    private readonly ledger: Ledger,
    private readonly modeOf: (gauge: GaugeLike) => MultiprocessMode,
    private readonly extraLabels: ExtraLabels,
  ) {}

  /**
   * Copies what has changed, a part at each step, so that the caller can let the event loop go on.
   * The numbers of one series are always copied together.
   *
   * @param now milliseconds since the epoch
   * @returns whether anything has changed
   */
  *record(metrics: readonly AnyMetric[], now: number): Generator<void, boolean, undefined> {
    let hasChanged = false;
    for (const metric of metrics) {
      const entry = this.#entries.get(metric) ?? this.#enter(metric);
      if (this.#addNewSeries(metric, entry)) hasChanged = true;
      for (let start = 0; start < metric.series.length; start += STRIDE) {
        if (this.#copy(metric, entry, start, now)) hasChanged = true;
        yield;
      }
    }
    if (this.#clearRemoved(metrics)) hasChanged = true;
    return hasChanged;
  }

  #enter(metric: AnyMetric): Entry {
    const { name, help, type, maxSeries } = metric;
    const extra = this.extraLabels.filter(([label]) => !metric.labelNames.includes(label));
    const definition: FamilyDefinition = {
      name,
      help,
      type,
      labelNames: [...metric.labelNames, ...extra.map(([label]) => label)],
      maxSeries,
      ...(metric.type === 'histogram' ? { bounds: [...metric.bounds] } : {}),
      ...(metric.type === 'gauge' ? { mode: this.modeOf(metric) } : {}),
    };
    const entry = {
      family: this.ledger.addFamily(definition),
      width: widthOf(definition),
      isMostRecent: isMostRecent(definition.mode),
      extra: extra.map(([, value]) => value),
    };
    this.#entries.set(metric, entry);
    return entry;
  }

  #addNewSeries(metric: AnyMetric, { family, extra }: Entry): boolean {
    const known = this.ledger.families[family]?.positions.length ?? 0;
    const { series } = metric;
    if (known === series.length) return false;
    const labelSets: (readonly string[])[] = [];
    for (let index = known; index < series.length; index++) {
      const { labelValues } = series.at(index) as Series;
      labelSets.push(extra.length === 0 ? labelValues : [...labelValues, ...extra]);
    }
    this.ledger.addLabelSets(family, labelSets);
    return true;
  }

  #copy(metric: AnyMetric, entry: Entry, start: number, now: number): boolean {
    const { ledger } = this;
    const { family, width } = entry;
    const { values: target, base } = ledger;
    const { positions } = ledger.families[family] as { positions: readonly number[] };
    const { numbers } = metric;
    const end = Math.min(start + STRIDE, positions.length);
    if (entry.isMostRecent) return this.#copyStamped(metric, positions, now);
    let hasChanged = false;
    for (let index = start; index < end; index++) {
      const slot = numbers.slotOf(index);
      const values = numbers.valuesOf(slot);
      const offset = numbers.offsetOf(slot);
      const position = positions[index] as number;
      for (let i = 0; i < width; i++) {
        let value = values[offset + i] as number;
        if (base !== undefined) value -= base[position + i] ?? 0;
        if (value !== target[position + i]) {
          target[position + i] = value;
          hasChanged = true;
        }
      }
    }
    return hasChanged;
  }

  /** A gauge that was never changed counts as set at the beginning of time. */
  #copyStamped({ numbers }: AnyMetric, positions: readonly number[], now: number): boolean {
    let hasChanged = false;
    for (const [index, position] of positions.entries()) {
      const slot = numbers.slotOf(index);
      const value = numbers.valuesOf(slot)[numbers.offsetOf(slot)] as number;
      if (!this.ledger.write(position, value)) continue;
      this.ledger.write(position + 1, now);
      hasChanged = true;
    }
    return hasChanged;
  }

  /** Counts of a metric that was taken off its registry stay, gauges do not. */
  #clearRemoved(metrics: readonly AnyMetric[]): boolean {
    if (this.#entries.size === metrics.length) return false;
    let hasChanged = false;
    for (const [metric, { family }] of this.#entries) {
      if (metrics.includes(metric as AnyMetric)) continue;
      this.#entries.delete(metric);
      if (metric.type !== 'gauge') continue;
      for (const position of this.ledger.families[family]?.positions ?? []) {
        if (this.ledger.write(position, NaN)) hasChanged = true;
      }
    }
    return hasChanged;
  }
}

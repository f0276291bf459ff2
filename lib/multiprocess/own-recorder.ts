import type { AnyMetric } from '../metrics/make-metric.js';
import type { Metric } from '../metrics/metric.js';
import type { Series } from '../metrics/series.js';
import type { FamilyDefinition } from './files/family-definition.js';
import type { Ledger } from './files/ledger.js';

/** Names and values of labels that every series gets. */
export type ExtraLabels = readonly (readonly [name: string, value: string])[];

interface Entry {
  readonly family: number;
  /** Places of the series' numbers in the ledger, by the index of the series in the metric. */
  readonly positions: number[];
  /** Values of the extra labels that the metric has not itself. */
  readonly extra: readonly string[];
}

/** Series that are copied in one go: about 20 µs. */
const STRIDE = 512;

/** Copies the numbers of the library's own metrics to a ledger. */
export class OwnRecorder {
  readonly #entries = new Map<Metric, Entry>();

  constructor(
    private readonly ledger: Ledger,
    private readonly extraLabels: ExtraLabels,
  ) {}

  /**
   * Copies what has changed, a part at each step, so that the caller can let the event loop go on.
   * The numbers of one series are always copied together. Counts of a metric that is not among
   * these any more stay, gauges do not.
   *
   * @returns whether anything has changed
   */
  *record(metrics: readonly AnyMetric[]): Generator<void, boolean, undefined> {
    let hasChanged = false;
    for (const metric of metrics) {
      const entry = this.#entries.get(metric) ?? this.#enter(metric);
      if (this.#addNewSeries(metric, entry)) hasChanged = true;
      for (let start = 0; start < entry.positions.length; start += STRIDE) {
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
    for (const [metric, { family }] of this.#entries) {
      if (retained.has(metric)) continue;
      this.#entries.delete(metric);
      this.ledger.abandon(family, keepsCounts);
      hasChanged = true;
    }
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
      maxSeries: Math.min(maxSeries, Number.MAX_SAFE_INTEGER),
      ...(metric.type === 'histogram' ? { bounds: [...metric.bounds] } : {}),
      ...(metric.type === 'gauge' ? { mode: metric.multiprocessMode } : {}),
    };
    const family = this.ledger.addFamily(definition);
    const entry = { family, positions: [], extra: extra.map(([, value]) => value) };
    this.#entries.set(metric, entry);
    return entry;
  }

  #addNewSeries(metric: AnyMetric, { family, positions, extra }: Entry): boolean {
    const { series } = metric;
    if (positions.length === series.length) return false;
    const labelSets: (readonly string[])[] = [];
    for (let index = positions.length; index < series.length; index++) {
      const { labelValues } = series.at(index) as Series;
      labelSets.push(extra.length === 0 ? labelValues : [...labelValues, ...extra]);
    }
    for (const position of this.ledger.addLabelSets(family, labelSets)) positions.push(position);
    return true;
  }

  #copy({ numbers }: AnyMetric, { positions }: Entry, start: number): boolean {
    const { values: target, base } = this.ledger;
    const { width } = numbers;
    const end = Math.min(start + STRIDE, positions.length);
    let hasChanged = false;
    for (let index = start; index < end; index++) {
      const slot = numbers.slotOf(index);
      const values = numbers.valuesOf(slot);
      const offset = numbers.offsetOf(slot);
      const position = positions[index] as number;
      for (let i = 0; i < width; i++) {
        let value = values[offset + i] as number;
        if (base !== undefined) value -= base[position + i] as number;
        const present = target[position + i] as number;
        if (value === present || (Number.isNaN(value) && Number.isNaN(present))) continue;
        target[position + i] = value;
        hasChanged = true;
      }
    }
    return hasChanged;
  }
}

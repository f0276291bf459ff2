import type { SampleFamily } from '../exposition/family.js';
import { isMostRecent, MOMENT } from '../metrics/layout.js';
import { DEFAULT_MAX_SERIES } from '../metrics/metric.js';
import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
import { clientSeries, type ClientNumbers, type ClientSeries } from './client-samples.js';
import { signatureOf, type FamilyDefinition } from './files/family-definition.js';
import type { Ledger } from './files/ledger.js';
import type { GaugeLike } from './gauge-mode.js';
import type { ExtraLabels } from './own-recorder.js';

/** A metric of prom-client. */
export interface PolledMetric {
  readonly name: string;
  readonly labelNames?: unknown;
}

interface Entry {
  readonly family: number;
  readonly definition: FamilyDefinition;
  readonly signature: string;
  /** Places of the series' numbers in the ledger, by the key of the series. */
  readonly positions: Map<string, number>;
}

/** Copies what metrics of prom-client gave to a ledger. */
export class ClientRecorder {
  readonly #entries = new Map<PolledMetric, Entry>();

  constructor(
    private readonly ledger: Ledger,
    private readonly modeOf: (gauge: GaugeLike) => MultiprocessMode,
    private readonly extraLabels: ExtraLabels,
  ) {}

  /**
   * Series that the metric has no longer go with what they counted. A metric whose labels or buckets
   * have changed is not copied any more: what is counted already could not be added up with what
   * comes.
   *
   * @param now milliseconds since the epoch
   * @returns whether anything has changed
   */
  record(metric: PolledMetric, family: SampleFamily, now: number): boolean {
    const given = clientSeries(family, namesOf(metric));
    if (given === undefined) return false;
    const known = this.#entries.get(metric);
    const { series } = given;
    // A histogram has no bounds before its first sample.
    if (series.size === 0 && (known !== undefined || given.type === 'histogram')) {
      return known !== undefined && this.#removeOthers(known, series);
    }
    const definition = this.#definitionOf(metric, given);
    const entry = known ?? this.#enter(metric, definition);
    if (entry.signature !== signatureOf(definition)) {
      return definition.type === 'gauge' && this.#removeOthers(entry, new Map());
    }
    let hasChanged = this.#removeOthers(entry, series);
    if (this.#addNewSeries(entry, series)) hasChanged = true;
    for (const [key, position] of entry.positions) {
      const { numbers } = series.get(key) as ClientNumbers;
      if (this.#write(entry, position, numbers, now)) hasChanged = true;
    }
    return hasChanged;
  }

  /**
   * Forgets metrics that are on the registry no longer.
   *
   * @param keepsCounts whether what they counted stays; gauges do not
   * @returns whether there were any
   */
  retain(metrics: ReadonlySet<PolledMetric>, keepsCounts: boolean): boolean {
    let hasChanged = false;
    for (const [metric, { family }] of this.#entries) {
      if (metrics.has(metric)) continue;
      this.#entries.delete(metric);
      this.ledger.abandon(family, keepsCounts);
      hasChanged = true;
    }
    return hasChanged;
  }

  #definitionOf(metric: PolledMetric, given: ClientSeries): FamilyDefinition {
    const { name, help, type, labelNames, bounds } = given;
    const extra = this.#extraOf(labelNames).map(([label]) => label);
    return {
      name,
      help,
      type,
      labelNames: [...labelNames, ...extra],
      maxSeries: DEFAULT_MAX_SERIES,
      isClient: true,
      ...(type === 'histogram' ? { bounds } : {}),
      ...(type === 'gauge' ? { mode: this.modeOf(metric) } : {}),
    };
  }

  #extraOf(labelNames: readonly string[]): ExtraLabels {
    return this.extraLabels.filter(([label]) => !labelNames.includes(label));
  }

  #enter(metric: PolledMetric, definition: FamilyDefinition): Entry {
    const family = this.ledger.addFamily(definition);
    const entry = { family, definition, signature: signatureOf(definition), positions: new Map() };
    this.#entries.set(metric, entry);
    return entry;
  }

  #removeOthers({ family, positions }: Entry, series: ReadonlyMap<string, ClientNumbers>): boolean {
    const gone = [...positions].filter(([key]) => !series.has(key));
    if (gone.length === 0) return false;
    for (const [key] of gone) positions.delete(key);
    this.ledger.remove(
      family,
      gone.map(([, position]) => position),
    );
    return true;
  }

  #addNewSeries(entry: Entry, series: ReadonlyMap<string, ClientNumbers>): boolean {
    const added = [...series].filter(([key]) => !entry.positions.has(key));
    const [first] = added;
    if (first === undefined) return false;
    const own = entry.definition.labelNames.slice(0, first[1].labelSet.length);
    const extra = this.#extraOf(own).map(([, value]) => value);
    const labelSets = added.map(([, { labelSet }]) => [...labelSet, ...extra]);
    for (const [index, position] of this.ledger.addLabelSets(entry.family, labelSets).entries()) {
      entry.positions.set((added[index] as [string, unknown])[0], position);
    }
    return true;
  }

  #write(
    { definition }: Entry,
    position: number,
    numbers: readonly number[],
    now: number,
  ): boolean {
    let hasChanged = false;
    for (const [index, value] of numbers.entries()) {
      if (definition.type !== 'gauge' && !Number.isFinite(value)) continue;
      if (this.ledger.write(position + index, value)) hasChanged = true;
    }
    if (hasChanged && isMostRecent(definition.mode)) this.ledger.write(position + MOMENT, now);
    return hasChanged;
  }
}

function namesOf({ labelNames }: PolledMetric): string[] {
  return Array.isArray(labelNames)
    ? labelNames.filter((name): name is string => typeof name === 'string')
    : [];
}

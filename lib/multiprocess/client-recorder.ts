import type { GaugeLike } from './gauge-mode.js';
import type { SampleFamily } from '../exposition/family.js';
import { DEFAULT_MAX_SERIES } from '../metrics/metric.js';
import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
import { isMostRecent, signatureOf, type FamilyDefinition } from './files/family-definition.js';
import { clientSeries, type ClientNumbers, type ClientSeries } from './client-samples.js';
import type { Ledger } from './files/ledger.js';
import type { ExtraLabels } from './series-recorder.js';

/** A metric that is not the library's own. */
export interface PolledMetric {
  readonly name: string;
  readonly labelNames?: unknown;
}

interface Entry {
  readonly family: number;
  readonly definition: FamilyDefinition;
  readonly signature: string;
  readonly positions: Map<string, number>;
}

/** Copies what foreign metrics gave to a ledger. */
export class ClientRecorder {
  readonly #entries = new Map<PolledMetric, Entry>();

  constructor(
    private readonly ledger: Ledger,
    private readonly modeOf: (gauge: GaugeLike) => MultiprocessMode,
    private readonly extraLabels: ExtraLabels,
  ) {}

  /**
   * A metric whose labels or buckets have changed is not copied any more: what is counted already
   * could not be added up with what comes.
   *
   * @param now milliseconds since the epoch
   * @returns whether anything has changed
   */
  record(metric: PolledMetric, family: SampleFamily, now: number): boolean {
    const given = clientSeries(family, namesOf(metric));
    if (given === undefined) return false;
    const definition = this.#definitionOf(metric, given);
    const known = this.#entries.get(metric);
    // A histogram has no bounds before its first sample.
    if (known === undefined && given.type === 'histogram' && given.series.size === 0) return false;
    const entry = known ?? this.#enter(metric, definition);
    if (entry.signature !== signatureOf(definition)) return this.#clear(entry);
    let hasChanged = this.#addNewSeries(entry, given.series);
    for (const [key, position] of entry.positions) {
      const numbers = given.series.get(key)?.numbers;
      if (this.#write(entry, position, numbers, now)) hasChanged = true;
    }
    return hasChanged;
  }

  /** Forgets metrics that are on the registry no longer. Their counts stay, gauges do not. */
  retain(metrics: ReadonlySet<PolledMetric>): boolean {
    let hasChanged = false;
    for (const [metric, entry] of this.#entries) {
      if (metrics.has(metric)) continue;
      this.#entries.delete(metric);
      if (this.#clear(entry)) hasChanged = true;
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

  #addNewSeries(entry: Entry, series: ReadonlyMap<string, ClientNumbers>): boolean {
    const added = [...series].filter(([key]) => !entry.positions.has(key));
    if (added.length === 0) return false;
    const { positions } = this.ledger.families[entry.family] as { positions: readonly number[] };
    const first = positions.length;
    const own = added[0]?.[1].labelSet.length ?? 0;
    const extra = this.#extraOf(entry.definition.labelNames.slice(0, own)).map(
      ([, value]) => value,
    );
    this.ledger.addLabelSets(
      entry.family,
      added.map(([, { labelSet }]) => [...labelSet, ...extra]),
    );
    for (const [index, [key]] of added.entries()) {
      entry.positions.set(key, positions[first + index] as number);
    }
    return true;
  }

  /** @param numbers `undefined` when the metric has the series no longer */
  #write(
    { definition }: Entry,
    position: number,
    numbers: readonly number[] | undefined,
    now: number,
  ): boolean {
    if (numbers === undefined) {
      return definition.type === 'gauge' && this.ledger.write(position, NaN);
    }
    let hasChanged = false;
    for (const [index, value] of numbers.entries()) {
      if (definition.type !== 'gauge' && !Number.isFinite(value)) continue;
      if (this.ledger.write(position + index, value)) hasChanged = true;
    }
    if (hasChanged && isMostRecent(definition.mode)) this.ledger.write(position + 1, now);
    return hasChanged;
  }

  #clear({ definition, positions }: Entry): boolean {
    if (definition.type !== 'gauge') return false;
    let hasChanged = false;
    for (const position of positions.values()) {
      if (this.ledger.write(position, NaN)) hasChanged = true;
    }
    return hasChanged;
  }
}

function namesOf({ labelNames }: PolledMetric): string[] {
  return Array.isArray(labelNames)
    ? labelNames.filter((name): name is string => typeof name === 'string')
    : [];
}

import type { Family } from '../exposition/family.js';
import { Pace } from '../core/pace.js';
import type { CollectFailure, CollectLimits } from '../registry/collect-families.js';
import type { FamilySource } from '../registry/family-source.js';
import { chooseDefinitions, type Chosen, type Source } from './choose-definitions.js';
import { DirectoryReader, type ProcessFileView, type Reading } from './directory-reader.js';
import type { Snapshot } from './files/family-definition.js';
import { foldDead } from './fold.js';
import { mergeSources } from './merge.js';
import { processesFamily } from './multiprocess-metrics.js';
import type { ProcessWriter } from './process-writer.js';
import type { FileReader } from './files/file-reader.js';
import type { Troubles } from './trouble.js';

export interface MultiprocessSourceOptions {
  readonly directory: string;
  /** Writes the values of this process. @default none, as in a process that only serves metrics */
  readonly writer?: ProcessWriter | undefined;
  /** Values of this process that are in no file. @default none */
  readonly extra?: ((prefix: string) => Snapshot) | undefined;
  /** Of the library's own metrics, with its `_`. @default that of the process which started first */
  readonly prefix?: string | undefined;
  readonly troubles: Troubles;
}

const DEFAULT_PREFIX = 'nestjs_';

/** The metrics of all processes that share a directory, the ended ones included. */
export class MultiprocessSource implements FamilySource {
  /** They stand with the series already: processes may differ in them. */
  readonly defaultLabels = {};
  readonly #options: MultiprocessSourceOptions;
  readonly #reader: DirectoryReader;
  /** Readings follow each other: they share what is remembered of the files. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: MultiprocessSourceOptions) {
    this.#options = options;
    this.#reader = new DirectoryReader(options.directory, options.troubles);
  }

  async *families(
    onFailure: CollectFailure,
    limits: CollectLimits,
  ): AsyncGenerator<Family, void, undefined> {
    // Written first and shown from what was written: whichever process is scraped next shows as much.
    await this.#options.writer?.refresh(onFailure, limits);
    yield* await this.#inTurn(() => this.#gather(new Pace(limits.signal)));
  }

  /** Puts together what ended processes left behind. Does not reject. */
  async tidy(): Promise<void> {
    await this.#inTurn(() => this.#gather(new Pace(undefined))).catch(() => undefined);
    await this.idle();
  }

  /** Waits until nothing is being read or put together. */
  async idle(): Promise<void> {
    await this.#last;
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action, action);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #gather(pace: Pace): Promise<Family[]> {
    const { writer, extra, troubles } = this.#options;
    const reading = await this.#read(pace);
    const { processes, fold } = reading;
    const prefix = this.#options.prefix ?? processes[0]?.file.process?.prefix ?? DEFAULT_PREFIX;
    const dead = processes.filter(({ state }) => state === 'dead');
    const past = [...(fold === undefined ? [] : [foldSource(fold)]), ...dead.map(sourceOf)];
    const present = processes.filter(({ state }) => state !== 'dead').map(sourceOf);
    if (writer !== undefined) present.push(ownSource(writer.snapshot));
    if (extra !== undefined) present.push(ownSource(extra(prefix)));
    const sources = [...past, ...present];
    const definitions = chooseDefinitions(sources);
    reportContested(definitions, troubles);
    const merged = await mergeSources(sources, { definitions }, pace);
    if (dead.length > 0 || reading.leftovers.length > 0) {
      void this.#inTurn(() => this.#fold(reading, dead, past, definitions));
    }
    const own = writer === undefined ? 0 : 1;
    const counts = countsOf(reading, own);
    return [processesFamily(prefix, counts), ...merged.map(({ family }) => family)];
  }

  async #read(pace: Pace): Promise<Reading> {
    const { troubles, writer, directory } = this.#options;
    try {
      const reading = await this.#reader.read(pace, writer?.fileName);
      troubles.clear('read', '');
      return reading;
    } catch (error) {
      if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error;
      const message = `The directory ${directory} cannot be read, and other processes are left out of the metrics until it can: ${String(error)}`;
      troubles.add('read', '', message);
      return { processes: [], fold: undefined, foldNumber: 0, leftovers: [] };
    }
  }

  async #fold(
    reading: Reading,
    dead: readonly ProcessFileView[],
    sources: readonly Source[],
    definitions: ReadonlyMap<string, Chosen>,
  ): Promise<void> {
    const { directory, troubles } = this.#options;
    try {
      await this.#reader.remove(reading.leftovers);
      if (dead.length === 0) return;
      const pace = new Pace(undefined);
      if (!(await foldDead(directory, reading, dead, sources, definitions, pace))) return;
      const previous = reading.fold === undefined ? [] : [reading.fold.name];
      await this.#reader.remove([...dead.map(({ name }) => name), ...previous]);
      troubles.clear('fold', '');
    } catch (error) {
      const message = `The files of ended processes in ${directory} cannot be put together, and stay: ${String(error)}`;
      troubles.add('fold', '', message);
    }
  }
}

function sourceOf({ name, identity, state, file }: ProcessFileView): Source {
  const { families, values } = file;
  return { name, families, values, pid: String(identity.pid), isLive: state !== 'dead' };
}

function foldSource({ name, families, values }: FileReader): Source {
  return { name, families, values, isLive: false };
}

/** As far as the process had come: it goes on while its values are being added up. */
function ownSource({ families, values }: Snapshot): Source {
  return {
    name: 'this process',
    families: families.map((family) => ({ ...family, positions: family.positions.slice() })),
    values,
    pid: String(process.pid),
    isLive: true,
  };
}

function reportContested(definitions: ReadonlyMap<string, Chosen>, troubles: Troubles): void {
  for (const [name, { isContested }] of definitions) {
    if (!isContested) continue;
    const message = `Metric "${name}" has different types, labels, buckets or modes in different processes: those that differ from most living processes are left out`;
    troubles.add('family', name, message);
  }
}

function countsOf({ processes, fold }: Reading, own: number): Record<string, number> {
  const count = (wanted: ProcessFileView['state']): number =>
    processes.filter(({ state }) => state === wanted).length;
  return {
    live: count('live') + own,
    stale: count('stale'),
    dead: count('dead') + (fold?.fold?.count ?? 0),
  };
}

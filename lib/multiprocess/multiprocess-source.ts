import { Pace } from '../core/pace.js';
import { CATALOGUE } from '../core/catalogue.js';
import type { Family, SeriesFamily } from '../exposition/family.js';
import { GaugeMetric } from '../metrics/gauge.js';
import type { CollectFailure, CollectLimits } from '../registry/collect-families.js';
import type { FamilySource } from '../registry/family-source.js';
import { ScrapeFailure } from '../scrape/scrape-failure.js';
import { DirectoryReader, type Patience } from './directory-reader.js';
import type { Snapshot } from './files/family-definition.js';
import { identityKey } from './files/identity.js';
import { makeFold, retire } from './fold.js';
import { mergeSources } from './merge.js';
import type { ProcessWriter } from './process-writer.js';
import type { ProcessFile, Reading } from './reading.js';
import { chooseDefinitions, foldSource, ownSource, sourceOf, type Chosen } from './sources.js';
import type { Troubles } from './troubles.js';

export interface MultiprocessSourceOptions {
  readonly directory: string;
  /** Writes the values of this process. @default none, as in a process that only serves metrics */
  readonly writer?: ProcessWriter | undefined;
  /** Values of this process that are in no file. @default none */
  readonly extra?: ((prefix: string) => Snapshot) | undefined;
  /** Of the library's own metrics, with its `_`. @default that of the process which started first */
  readonly prefix?: string | undefined;
  readonly troubles: Troubles;
  /** With the files of processes of which nobody can tell. @default an hour */
  readonly patience?: Patience;
}

const DEFAULT_PREFIX = 'nestjs_';

/** How often the directory is read again because the own file was taken from its writer meanwhile. */
const ATTEMPTS = 3;

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
    this.#reader = new DirectoryReader(options.directory, options.troubles, options.patience);
  }

  /** @throws ScrapeFailure when something cannot be read that may hold counts */
  async *families(
    onFailure: CollectFailure,
    limits: CollectLimits,
  ): AsyncGenerator<Family, void, undefined> {
    // Written first and shown from what was written: whichever process is scraped next shows as much.
    await this.#options.writer?.refresh(onFailure, limits);
    yield* await this.#inTurn(() => this.#gather(new Pace(limits.signal)));
  }

  /**
   * Puts together what ended processes left behind. Does not reject.
   *
   * @param pid of the process that is known to have ended. @default all that are found to have ended
   */
  async tidy(pid?: number): Promise<void> {
    const action = async (): Promise<void> => {
      const reading = await this.#read(new Pace(undefined));
      await (pid === undefined ? this.#tidy(reading) : this.#end(reading, pid));
    };
    await this.#inTurn(action).catch(() => undefined);
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
    const { files, folds } = reading;
    const prefix = this.#options.prefix ?? files[0]?.file.process?.prefix ?? DEFAULT_PREFIX;
    const ended = files.filter(({ state }) => state === 'ended');
    const others = files.filter(({ state }) => state !== 'ended');
    const sources = [...folds.map(foldSource), ...ended.map(sourceOf), ...others.map(sourceOf)];
    if (writer !== undefined) sources.push(ownSource(writer.snapshot, writer.pid));
    if (extra !== undefined) sources.push(ownSource(extra(prefix), ''));
    const chosen = chooseDefinitions(sources);
    reportContested(chosen, troubles);
    const merged = await mergeSources(
      sources,
      { accepts: ({ name }, signature) => chosen.get(name)?.signature === signature },
      pace,
    );
    if (needsTidying(reading)) void this.#inTurn(() => this.#tidy(reading));
    const own = writer === undefined ? [] : [identityKey(this.#reader.own)];
    return [processesFamily(prefix, countsOf(reading, own)), ...merged.map(({ family }) => family)];
  }

  /** A view in which the own file is not counted, and neither is what somebody has taken of it. */
  async #read(pace: Pace): Promise<Reading> {
    const { writer } = this.#options;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const reading = await this.#reader.read(pace, writer?.fileId);
      if (!reading.isExceptedTaken) return reading;
      await writer?.flush();
    }
    throw new ScrapeFailure(
      'unreadable',
      'The file of this process is taken from it again and again',
    );
  }

  async #tidy(reading: Reading): Promise<void> {
    const { directory, troubles } = this.#options;
    try {
      await this.#reader.remove(reading.leftovers);
      for (const file of reading.files) if (file.isForsaken) await retire(directory, file);
      await this.#fold(reading, reading.files);
      troubles.clear('fold', '');
    } catch (error) {
      this.#failToFold(error);
    }
  }

  /** Ends the files of one process, unless it can be seen to be alive. */
  async #end(reading: Reading, pid: number): Promise<void> {
    const { host } = this.#reader.own;
    const files = reading.files.filter(
      ({ owner, existence }) => owner.pid === pid && owner.host === host && existence !== 'alive',
    );
    try {
      for (const file of files) {
        const isOpen = file.owner.kind === 'process' && !file.isFinal;
        if (isOpen) await retire(this.#options.directory, file);
      }
      await this.#fold(reading, files);
    } catch (error) {
      this.#failToFold(error);
    }
  }

  async #fold(reading: Reading, files: readonly ProcessFile[]): Promise<void> {
    const ended = files.filter(({ isFinal }) => isFinal);
    if (ended.length > 0 && reading.canFold)
      await makeFold(this.#reader, reading, ended, new Pace(undefined));
  }

  #failToFold(error: unknown): void {
    const { directory, troubles } = this.#options;
    const message = `The files of ended processes in ${directory} cannot be put together, and stay: ${String(error)}`;
    troubles.add('fold', '', message);
  }
}

function needsTidying({ files, leftovers }: Reading): boolean {
  return leftovers.length > 0 || files.some(({ isFinal, isForsaken }) => isFinal || isForsaken);
}

function reportContested(definitions: ReadonlyMap<string, Chosen>, troubles: Troubles): void {
  for (const [name, { isContested }] of definitions) {
    if (!isContested) continue;
    const message = `Metric "${name}" has different types, labels, buckets or modes in different processes: those that differ from most living processes are left out`;
    troubles.add('family', name, message);
  }
}

/** A living process is counted once, however many files its applications write. */
function countsOf({ files, folds }: Reading, own: readonly string[]): Record<string, number> {
  const states = new Map(own.map((key) => [key, 'live']));
  for (const { owner, state } of files) {
    const key = identityKey(owner);
    if (state !== 'ended' && states.get(key) !== 'live') states.set(key, state);
  }
  const count = (wanted: string): number =>
    [...states.values()].filter((state) => state === wanted).length;
  const folded = folds.reduce((sum, { fold }) => sum + (fold?.count ?? 0), 0);
  const ended = files.filter(({ state }) => state === 'ended').length;
  return { live: count('live'), stale: count('stale'), dead: ended + folded };
}

/** How many processes a scrape has seen, by what it found them to be. */
function processesFamily(prefix: string, counts: Readonly<Record<string, number>>): SeriesFamily {
  const { name, help, labels } = CATALOGUE.processes;
  const gauge = new GaugeMetric({ name: prefix + name, help, labelNames: labels });
  for (const [state, count] of Object.entries(counts)) gauge.labels([state]).set(count);
  return gauge;
}

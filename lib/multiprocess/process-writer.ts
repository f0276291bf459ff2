import type { GaugeLike } from './gauge-mode.js';
import { labelValueText } from '../metrics/label-value.js';
import { Pace } from '../core/pace.js';
import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
import type { AnyRegistry } from '../options/prometheus-options.js';
import type { CollectFailure, CollectLimits } from '../registry/collect-families.js';
import type { ReadableMetric } from '../registry/collector-calls.js';
import type { AnyMetric } from '../metrics/make-metric.js';
import { RegisteredMetric } from '../registry/registered-metric.js';
import { VERSION } from '../core/version.js';
import type { Snapshot } from './files/family-definition.js';
import { isFolded } from './fold-files.js';
import { ClientPoller } from './client-poller.js';
import { ClientRecorder } from './client-recorder.js';
import { Ledger } from './files/ledger.js';
import { FileWriter, SupersededError } from './files/file-writer.js';
import { ownIdentity, type ProcessIdentity } from './files/process-identity.js';
import { SeriesRecorder, type ExtraLabels } from './series-recorder.js';
import type { Troubles } from './trouble.js';

export interface ProcessWriterOptions {
  readonly registry: AnyRegistry;
  readonly directory: string;
  /** Prefix of the library's own metrics, with its `_`. */
  readonly prefix: string;
  readonly modeOf: (gauge: GaugeLike) => MultiprocessMode;
  readonly troubles: Troubles;
  /** @default that of this process */
  readonly identity?: ProcessIdentity;
}

/** Milliseconds between two looks at the numbers, and so the most that a kill can lose. */
const FLUSH_INTERVAL = 500;

/** Milliseconds after which a process says that it is alive though nothing has changed. */
const HEARTBEAT_INTERVAL = 1000;

/** What the numbers are copied with; replaced when the labels of all series change. */
interface Book {
  readonly ledger: Ledger;
  readonly own: SeriesRecorder;
  readonly foreign: ClientRecorder;
  readonly extraLabels: string;
}

/** Keeps the file of this process up to date with what is on a registry. */
export class ProcessWriter {
  readonly #options: ProcessWriterOptions;
  readonly #file: FileWriter;
  readonly #poller = new ClientPoller();
  #book: Book;
  #timer: NodeJS.Timeout | undefined;
  /** The flush that is under way, and the one that waits for its end. */
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #isWritten = false;
  #isClosed = false;
  #writtenAt = 0;

  constructor(options: ProcessWriterOptions) {
    this.#options = options;
    this.#file = new FileWriter(options.directory, options.identity ?? ownIdentity());
    this.#book = this.#openBook(this.#extraLabels());
  }

  /** The values as they were written last. */
  get snapshot(): Snapshot {
    return this.#book.ledger;
  }

  /** Name of the file in the directory. */
  get fileName(): string {
    return this.#file.name;
  }

  get isStarted(): boolean {
    return this.#timer !== undefined;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => {
      this.#poller.pollDue(this.#foreignMetrics());
      if (this.#current === undefined) void this.flush();
    }, FLUSH_INTERVAL).unref();
    this.#poller.pollDue(this.#foreignMetrics());
    void this.flush();
  }

  /** Asks all metrics that are not the library's own, then writes everything. */
  async refresh(onFailure: CollectFailure, limits: CollectLimits): Promise<void> {
    await this.#poller.pollAll(this.#foreignMetrics(), onFailure, limits);
    await this.flush();
  }

  /** Writes what was recorded before the call. Does not reject. */
  flush(): Promise<void> {
    if (this.#current === undefined) {
      this.#current = this.#flush().finally(() => {
        this.#current = undefined;
      });
      return this.#current;
    }
    this.#next ??= this.#current.then(() => {
      this.#next = undefined;
      return this.flush();
    });
    return this.#next;
  }

  /**
   * Writes at once, for the end of the process.
   *
   * @param isFinal nothing will be written after this
   */
  flushNow(isFinal: boolean): void {
    if (this.#isClosed) return;
    this.#isClosed = isFinal;
    try {
      const steps = this.#record();
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      const isUpToDate = !step.value && this.#isWritten && this.#current === undefined;
      if (isUpToDate && !isFinal) return;
      this.#file.commitNow(this.#book.ledger, isFinal);
      this.#isWritten = true;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The last values; the file is then that of a process which has ended. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#isClosed) return;
    const limits = { milliseconds: HEARTBEAT_INTERVAL };
    await this.refresh(() => undefined, limits);
    this.flushNow(true);
  }

  async #flush(): Promise<void> {
    if (this.#isClosed) return;
    try {
      if (await this.#file.isLost()) await this.#comeBack();
      const hasChanged = await this.#recordPaced();
      if (this.#isClosed) return;
      const now = performance.now();
      if (hasChanged || !this.#isWritten || !this.#file.isOpen) {
        this.#isWritten = false;
        await this.#file.commit(this.#book.ledger);
        this.#isWritten = true;
        this.#options.troubles.clear('write', '');
      } else if (now - this.#writtenAt > HEARTBEAT_INTERVAL) {
        await this.#file.touch();
      } else return;
      this.#writtenAt = now;
    } catch (error) {
      if (!(error instanceof SupersededError)) this.#fail(error);
    }
  }

  async #recordPaced(): Promise<boolean> {
    const pace = new Pace(undefined);
    const steps = this.#record();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (pace.isOver) await pace.rest();
    }
  }

  *#record(): Generator<void, boolean, undefined> {
    const extraLabels = this.#extraLabels();
    if (JSON.stringify(extraLabels) !== this.#book.extraLabels) {
      this.#book = this.#openBook(extraLabels);
      this.#isWritten = false;
    }
    const { own, foreign } = this.#book;
    const now = Date.now();
    let hasChanged = yield* own.record(this.#ownMetrics(), now);
    const since = performance.now();
    for (const [metric, family] of this.#poller.take()) {
      if (foreign.record(metric, family, now)) hasChanged = true;
    }
    this.#poller.charge(performance.now() - since);
    if (foreign.retain(new Set(this.#foreignMetrics()))) hasChanged = true;
    return hasChanged;
  }

  /**
   * Another process took this one for dead and has counted its values among those of the dead; or
   * somebody has removed the file.
   */
  async #comeBack(): Promise<void> {
    const isCountedElsewhere = await isFolded(this.#options.directory, this.#file.name);
    if (isCountedElsewhere) this.#book.ledger.rebase();
    await this.#file.startAnew({ underNewName: isCountedElsewhere });
    this.#isWritten = false;
  }

  #openBook(extraLabels: ExtraLabels): Book {
    const { prefix, modeOf } = this.#options;
    const startedAt = Date.now();
    const ledger = new Ledger({
      process: { pid: process.pid, startedAt, version: VERSION, prefix },
    });
    const own = new SeriesRecorder(ledger, modeOf, extraLabels);
    const foreign = new ClientRecorder(ledger, modeOf, extraLabels);
    return { ledger, own, foreign, extraLabels: JSON.stringify(extraLabels) };
  }

  /** What `registry.setDefaultLabels()` was given, which prom-client has no accessor for. */
  #extraLabels(): ExtraLabels {
    const { _defaultLabels = {} } = this.#options.registry as {
      _defaultLabels?: Record<string, unknown>;
    };
    return Object.entries(_defaultLabels).map(([name, value]) => [
      name,
      labelValueText(value) ?? '',
    ]);
  }

  #metrics(): (RegisteredMetric | ReadableMetric)[] {
    return this.#options.registry.getMetricsAsArray() as unknown as (
      RegisteredMetric | ReadableMetric
    )[];
  }

  #ownMetrics(): AnyMetric[] {
    return this.#metrics().flatMap((metric) =>
      RegisteredMetric.is(metric) ? [metric.metric] : [],
    );
  }

  #foreignMetrics(): ReadableMetric[] {
    return this.#metrics().filter(
      (metric): metric is ReadableMetric => !RegisteredMetric.is(metric),
    );
  }

  #fail(error: unknown): void {
    const { directory, troubles } = this.#options;
    const message = `The metrics of this process cannot be written to ${directory}, and other processes do not see them until they can: ${String(error)}`;
    troubles.add('write', '', message);
  }
}

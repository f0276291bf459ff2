import { ownThread } from '../core/own-thread.js';
import { Pace } from '../core/pace.js';
import { VERSION } from '../core/version.js';
import { clearInterval, setInterval } from '../core/timers.js';
import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
import type { AnyRegistry } from '../options/prometheus-options.js';
import type { CollectFailure, CollectLimits } from '../registry/collect-families.js';
import { ClientRecorder } from './client-recorder.js';
import type { Snapshot } from './files/family-definition.js';
import { FileWriter, SupersededError } from './files/file-writer.js';
import { ownIdentity, type ProcessIdentity } from './files/identity.js';
import { Ledger } from './files/ledger.js';
import type { GaugeLike } from './gauge-mode.js';
import { OwnRecorder, type ExtraLabels } from './own-recorder.js';
import { Poller } from './poller.js';
import { ProcessCounters } from './process-counters.js';
import { RegistryView } from './registry-view.js';
import { takenOver } from './taken-over.js';
import type { Troubles } from './troubles.js';

export interface ProcessWriterOptions {
  readonly registry: AnyRegistry;
  readonly directory: string;
  /** Prefix of the library's own metrics, with its `_`. */
  readonly prefix: string;
  /** How the values of prom-client's gauges become one. */
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
  readonly own: OwnRecorder;
  readonly client: ClientRecorder;
  readonly extraLabels: string;
}

/** Keeps the file of this process up to date with what is on a registry. */
export class ProcessWriter {
  /** Stands for this process in the label `pid`. */
  readonly pid = pidLabel();
  #options: ProcessWriterOptions;
  readonly #registry: RegistryView;
  readonly #file: FileWriter;
  readonly #poller = new Poller();
  #book: Book;
  #timer: NodeJS.Timeout | undefined;
  /** The flush that is under way, and the one that waits for its end. */
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** Whether the file has all that the ledger has. */
  #isWritten = false;
  /** The file gets no other state, and what comes has to go into another file. */
  #isFileClosed = false;
  #isStopped = false;
  #writtenAt = 0;

  constructor(options: ProcessWriterOptions) {
    this.#options = options;
    this.#registry = new RegistryView(options.registry);
    this.#file = new FileWriter(options.directory, options.identity ?? ownIdentity());
    this.#book = this.#openBook(this.#registry.extraLabels);
  }

  /** The values as they were written last. */
  get snapshot(): Snapshot {
    return this.#book.ledger;
  }

  /** Id of the file in the directory. */
  get fileId(): string {
    return this.#file.id;
  }

  /** Whether it has written anything. */
  get hasFile(): boolean {
    return this.#file.fd !== undefined;
  }

  /**
   * Writes every half second from now on. A writer that was closed goes on from what it has written.
   *
   * @param options those of the application for which it writes now; registry and directory are the
   *   same
   */
  start(options = this.#options): void {
    if (this.#timer !== undefined) return;
    this.#options = options;
    if (this.#isStopped) this.#reopen();
    this.#timer = setInterval(() => {
      this.#poller.pollDue(this.#registry.askable);
      if (this.#current === undefined) void this.flush();
    }, FLUSH_INTERVAL).unref();
    this.#poller.pollDue(this.#registry.askable);
    void this.flush();
  }

  /** Asks all metrics of prom-client and all collectors, then writes everything. */
  async refresh(onFailure: CollectFailure, limits: CollectLimits): Promise<void> {
    await this.#poller.pollAll(this.#registry.askable, onFailure, limits);
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
   * @param isFinal nothing will be recorded after this
   */
  flushNow(isFinal: boolean): void {
    if (this.#isStopped) return;
    try {
      if (this.#isFileClosed) this.#goOnElsewhere();
      else if (this.#file.isLostNow()) this.#comeBack();
      this.#poller.askNow(this.#registry.askable);
      const steps = this.#record();
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      const isUpToDate = !step.value && this.#isWritten && this.#current === undefined;
      if (isUpToDate && !isFinal) return;
      this.#file.commitNow(this.#book.ledger, isFinal);
      this.#isWritten = true;
      this.#isFileClosed = isFinal;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Writes the last values; the file is then that of a process which has ended. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#isStopped) return;
    await this.refresh(() => undefined, { milliseconds: HEARTBEAT_INTERVAL });
    this.flushNow(true);
    this.#isStopped = true;
    // What could not be written stays in the ledger, and the file open.
    if (this.#isFileClosed) this.#file.startAnew();
  }

  async #flush(): Promise<void> {
    if (this.#isStopped) return;
    try {
      if (this.#isFileClosed) this.#goOnElsewhere();
      else if (await this.#file.isLost()) this.#comeBack();
      const hasChanged = await this.#recordPaced();
      if (this.#isStopped || this.#isFileClosed) return;
      const now = performance.now();
      if (hasChanged || !this.#isWritten) {
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
    const extraLabels = this.#registry.extraLabels;
    if (JSON.stringify(extraLabels) !== this.#book.extraLabels) {
      this.#book.own.giveUp();
      this.#book = this.#openBook(extraLabels);
      this.#isWritten = false;
    }
    const { own, client } = this.#book;
    const { ownMetrics, ofProcess } = this.#registry;
    let hasChanged = yield* own.record(ownMetrics, ofProcess);
    const now = Date.now();
    const since = performance.now();
    for (const [metric, family] of this.#poller.take()) {
      if (client.record(metric, family, now)) hasChanged = true;
    }
    this.#poller.charge(performance.now() - since);
    if (client.retain(new Set(this.#registry.clientMetrics), true)) hasChanged = true;
    return hasChanged;
  }

  /** The file was taken from this process while it was silent, or somebody has removed it. */
  #comeBack(): void {
    const { fd, id } = this.#file;
    const taken = fd === undefined ? undefined : takenOver(this.#options.directory, id, fd);
    if (taken !== undefined) {
      this.#book.ledger.rebase(taken);
      this.#book.own.settle();
    }
    this.#file.startAnew();
    this.#isWritten = false;
  }

  /** What the closed file has stays there. */
  #goOnElsewhere(): void {
    this.#book.ledger.rebase();
    this.#book.own.settle();
    this.#file.startAnew();
    this.#isFileClosed = false;
    this.#isWritten = false;
  }

  /**
   * Metrics that are gone are in the closed file. Those that are still there, as prom-client's are
   * when an application is started anew, go on from what that has.
   */
  #reopen(): void {
    const { own, client } = this.#book;
    own.retain(this.#registry.ownMetrics, !this.#isFileClosed);
    client.retain(new Set(this.#registry.clientMetrics), !this.#isFileClosed);
    if (this.#isFileClosed) this.#goOnElsewhere();
    this.#isStopped = false;
  }

  #openBook(extraLabels: ExtraLabels): Book {
    const { prefix, directory } = this.#options;
    const modeOf = (gauge: GaugeLike): MultiprocessMode => this.#options.modeOf(gauge);
    const ledger = new Ledger({
      process: { pid: this.pid, startedAt: Date.now(), version: VERSION, prefix },
    });
    const own = new OwnRecorder(ledger, extraLabels, ProcessCounters.of(directory));
    const client = new ClientRecorder(ledger, modeOf, extraLabels);
    return { ledger, own, client, extraLabels: JSON.stringify(extraLabels) };
  }

  #fail(error: unknown): void {
    const { directory, troubles } = this.#options;
    const message = `The metrics of this process cannot be written to ${directory}, and other processes do not see them until they can: ${String(error)}`;
    troubles.add('write', '', message);
  }
}

function pidLabel(): string {
  const { isMain, id } = ownThread();
  return isMain ? String(process.pid) : `${process.pid}-${id}`;
}

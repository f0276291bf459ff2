import type { SampleFamily } from '../exposition/family.js';
import { ABORTED, TIME_OVER, type Deadline } from './deadline.js';

/** A metric that is asked for its samples, and may call a `collect()` of the application. */
export interface ReadableMetric {
  readonly name: string;
  get(): Promise<SampleFamily> | SampleFamily;
}

/** A metric's `collect()` took longer than it may, or one from an earlier scrape still does. */
export class CollectTimeoutError extends Error {
  override readonly name = 'CollectTimeoutError';

  /** Also true for one of another copy of the library that reads the same registry. */
  static is(error: unknown): boolean {
    return error instanceof Error && error.name === 'CollectTimeoutError';
  }

  constructor() {
    super('collect() did not end within its time limit; it is not called again until it has ended');
  }
}

/**
 * Brings the numbers of metrics of ours up to date before they are read. One collector may stand for
 * many metrics; it is called once a reading.
 */
export interface Collector {
  /**
   * Counters that it brings up to date count for the whole process since that began, whoever asks:
   * of several in one process, all give the same. It can be called without waiting, too: it does
   * that part at once.
   */
  readonly isOfProcess?: boolean;

  /**
   * @param reader tells readers apart, by the format that they read: a number that covers the time
   *   since the last reading is that of this reader alone
   */
  collect(reader: string): void | Promise<void>;
}

interface Call {
  readonly result: Promise<unknown>;
  /** As `performance.now()` tells it. */
  readonly startedAt: number;
  /** It has taken longer than it may, so that a scrape has given it up. */
  isLate: boolean;
}

/**
 * Calls what has to be asked before metrics are read, each of it once at a time: a scrape that comes
 * while a call is under way waits for that one, and a call that a scrape has given up is not waited
 * for again. So a collector that hangs is called once, however often it is scraped. A scrape that
 * had less time than a call may take leaves the call to later ones.
 */
export class CollectorCalls {
  readonly #outstanding = new Map<object, Call>();

  /**
   * The metric's samples; `undefined` when the deadline was aborted.
   *
   * @throws CollectTimeoutError when the call is not over in time
   * @throws what the metric throws
   */
  async read(metric: ReadableMetric, deadline: Deadline): Promise<SampleFamily | undefined> {
    return (await this.#call(metric, () => samplesOf(metric), deadline)) as
      SampleFamily | undefined;
  }

  /**
   * Runs a collector.
   *
   * @returns whether it is over; `false` when the deadline was aborted
   * @throws CollectTimeoutError when the call is not over in time
   * @throws what the collector throws
   */
  async collect(collector: Collector, reader: string, deadline: Deadline): Promise<boolean> {
    const run = async (): Promise<true> => {
      await collector.collect(reader);
      return true;
    };
    return (await this.#call(collector, run, deadline)) === true;
  }

  async #call(key: object, run: () => Promise<unknown>, deadline: Deadline): Promise<unknown> {
    const call = this.#outstanding.get(key) ?? this.#begin(key, run);
    if (call.isLate) throw new CollectTimeoutError();
    const outcome = await Promise.race([call.result, deadline.passed]);
    if (outcome === ABORTED) return undefined;
    if (outcome !== TIME_OVER) return outcome;
    call.isLate = deadline.isMissed(call.startedAt);
    throw new CollectTimeoutError();
  }

  #begin(key: object, run: () => Promise<unknown>): Call {
    const startedAt = performance.now();
    const call: Call = { startedAt, result: run(), isLate: false };
    this.#outstanding.set(key, call);
    const end = (): void => {
      this.#outstanding.delete(key);
    };
    call.result.then(end, end);
    return call;
  }
}

/** Async, so that what is thrown at once is a rejection, too. */
async function samplesOf(metric: ReadableMetric): Promise<SampleFamily> {
  const family: unknown = await metric.get();
  if (typeof family !== 'object' || family === null) throw new TypeError('get() gave no samples');
  return family as SampleFamily;
}

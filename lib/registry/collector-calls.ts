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

interface Call {
  readonly result: Promise<SampleFamily>;
  /** A scrape has given it up. */
  isLate: boolean;
}

/**
 * Asks metrics for their samples, each of them once at a time: a scrape that comes while a call is
 * under way waits for that one, and a call that a scrape has given up is not waited for again.
 * So a collector that hangs is called once, however often it is scraped.
 */
export class CollectorCalls {
  readonly #outstanding = new Map<ReadableMetric, Call>();

  /**
   * The metric's samples; `undefined` when the deadline was aborted.
   *
   * @throws CollectTimeoutError when the call is not over in time
   * @throws what the metric throws
   */
  async read(metric: ReadableMetric, deadline: Deadline): Promise<SampleFamily | undefined> {
    const call = this.#outstanding.get(metric) ?? this.#begin(metric);
    if (call.isLate) throw new CollectTimeoutError();
    const outcome = await Promise.race([call.result, deadline.passed]);
    if (outcome === ABORTED) return undefined;
    if (outcome !== TIME_OVER) return outcome;
    call.isLate = true;
    throw new CollectTimeoutError();
  }

  #begin(metric: ReadableMetric): Call {
    const call: Call = { result: this.#get(metric), isLate: false };
    this.#outstanding.set(metric, call);
    const end = (): void => {
      this.#outstanding.delete(metric);
    };
    call.result.then(end, end);
    return call;
  }

  /** Async, so that what is thrown at once is a rejection, too. */
  async #get(metric: ReadableMetric): Promise<SampleFamily> {
    const family: unknown = await metric.get();
    if (typeof family !== 'object' || family === null) throw new TypeError('get() gave no samples');
    return family as SampleFamily;
  }
}

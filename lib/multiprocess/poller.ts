import type { SampleFamily } from '../exposition/family.js';
import { clientValuesNow } from '../registry/client-values.js';
import type { CollectFailure, CollectLimits } from '../registry/collect-families.js';
import {
  CollectorCalls,
  type Collector,
  type ReadableMetric,
} from '../registry/collector-calls.js';
import { Deadline } from '../registry/deadline.js';

/** How often metrics are asked, in milliseconds. */
const INTERVAL = 1000;

/**
 * How often gauges with a `collect()` are, and collectors: what they look at may be expensive, or
 * cover the time since the last call, as the event loop's lag does.
 */
const COLLECTING_INTERVAL = 5000;

/** Tells those who ask from time to time from those who scrape. */
const READER = 'shared directory';

/** Asking takes at most this share of the time. */
const LARGEST_SHARE = 0.005;

interface PollableMetric extends ReadableMetric {
  readonly type?: unknown;
  readonly collect?: unknown;
}

/** What has to be asked before the numbers of a registry are written. */
export interface Askable {
  /** Of prom-client. */
  readonly metrics: readonly ReadableMetric[];
  /** Of metrics of ours, with the name of one of them. */
  readonly collectors: ReadonlyMap<Collector, string>;
}

/**
 * Asks metrics of prom-client for their samples, and collectors to bring metrics of ours up to date:
 * metrics every second, collectors and gauges with a `collect()` every five, and less often when
 * that takes more than half a percent of the time.
 */
export class Poller {
  readonly #calls = new CollectorCalls();
  readonly #answers = new Map<ReadableMetric, SampleFamily>();
  readonly #askedAt = new WeakMap<object, number>();
  #nextAt = 0;

  /** Asks those whose time has come. Does not wait for answers: they are taken later. */
  pollDue({ metrics, collectors }: Askable): void {
    const now = performance.now();
    if (now < this.#nextAt) return;
    const isDue = (asked: object, interval: number): boolean => {
      const askedAt = this.#askedAt.get(asked);
      return askedAt === undefined || now - askedAt > interval;
    };
    const due = {
      metrics: metrics.filter((metric) => isDue(metric, intervalOf(metric))),
      collectors: new Map(
        [...collectors].filter(([each]) => isDue(each, COLLECTING_INTERVAL * 0.9)),
      ),
    };
    const deadline = new Deadline(INTERVAL);
    const answers = this.#askAll(due, deadline, () => undefined, READER);
    // What `get()` does before it first waits; for prom-client's own metrics that is all of it.
    const cost = performance.now() - now;
    this.#nextAt = now + Math.max(INTERVAL / 2, cost / LARGEST_SHARE);
    void answers.finally(() => deadline.clear());
  }

  /** Asks all, and waits for their answers, at most as long as the limits say. */
  async pollAll(all: Askable, onFailure: CollectFailure, limits: CollectLimits): Promise<void> {
    const { milliseconds, patience, signal, reader = READER } = limits;
    const deadline = new Deadline(milliseconds, signal, patience);
    try {
      await this.#askAll(all, deadline, onFailure, reader);
    } finally {
      deadline.clear();
    }
  }

  /** Asks what answers without waiting, for the end of a process. */
  askNow({ metrics, collectors }: Askable): void {
    for (const metric of metrics) this.#note(metric, clientValuesNow(metric));
    for (const collector of collectors.keys()) {
      if (collector.isOfProcess !== true) continue;
      void (async () => collector.collect(READER))().catch(() => undefined);
    }
  }

  /** Says what it took to work with the answers, in milliseconds. */
  charge(cost: number): void {
    this.#nextAt = Math.max(this.#nextAt, performance.now() + cost / LARGEST_SHARE);
  }

  /** The answers that have come since the last time. */
  take(): [ReadableMetric, SampleFamily][] {
    const answers = [...this.#answers];
    this.#answers.clear();
    return answers;
  }

  #note(metric: ReadableMetric, answer: SampleFamily | undefined): void {
    if (answer !== undefined) this.#answers.set(metric, answer);
  }

  async #askAll(
    { metrics, collectors }: Askable,
    deadline: Deadline,
    onFailure: CollectFailure,
    reader: string,
  ): Promise<void> {
    const ask = async (asked: object, name: string, call: () => Promise<void>): Promise<void> => {
      this.#askedAt.set(asked, performance.now());
      await call().catch((error: unknown) => onFailure(name, error));
    };
    await Promise.all([
      ...metrics.map((metric) =>
        ask(metric, metric.name, async () => {
          this.#note(metric, await this.#calls.read(metric, deadline));
        }),
      ),
      ...Array.from(collectors, ([collector, name]) =>
        ask(collector, name, async () => {
          await this.#calls.collect(collector, reader, deadline);
        }),
      ),
    ]);
  }
}

function intervalOf({ type, collect }: PollableMetric): number {
  // A little less, because a timer that ticks at the same interval may come a little early.
  const isCollectingGauge = typeof collect === 'function' && type === 'gauge';
  return (isCollectingGauge ? COLLECTING_INTERVAL : INTERVAL) * 0.9;
}

import type { SampleFamily } from '../exposition/family.js';
import type { CollectFailure, CollectLimits } from '../registry/collect-families.js';
import { CollectorCalls, type ReadableMetric } from '../registry/collector-calls.js';
import { Deadline } from '../registry/deadline.js';
import { RegisteredMetric } from '../registry/registered-metric.js';

/** How often metrics are asked, in milliseconds. */
const INTERVAL = 1000;

/**
 * How often gauges with a `collect()` are: what a `collect()` looks at may be expensive, or cover
 * the time since the last call, as the event loop's lag does.
 */
const COLLECTING_GAUGE_INTERVAL = 5000;

/** Who reads on behalf of the shared directory. */
const READER = 'directory';

/** Asking takes at most this share of the time. */
const LARGEST_SHARE = 0.005;

/** A metric of prom-client, or one of ours that has a collector. */
export type PolledMetric = ReadableMetric | RegisteredMetric;

/**
 * Asks metrics of prom-client for their samples, and calls the collectors of ours: every second,
 * gauges with a `collect()` and collectors every five, and less often when that takes more than half
 * a percent of the time.
 */
export class MetricPoller {
  readonly #calls = new CollectorCalls();
  readonly #answers = new Map<ReadableMetric, SampleFamily>();
  readonly #askedAt = new WeakMap<PolledMetric, number>();
  #nextAt = 0;

  /** Asks those whose time has come. Does not wait for answers: they are taken later. */
  pollDue(metrics: readonly PolledMetric[]): void {
    const now = performance.now();
    if (now < this.#nextAt) return;
    const due = metrics.filter((metric) => {
      const askedAt = this.#askedAt.get(metric);
      return askedAt === undefined || now - askedAt > intervalOf(metric);
    });
    const deadline = new Deadline(INTERVAL);
    const answers = due.map((metric) => this.#ask(metric, deadline, READER, () => undefined));
    // What `get()` does before it first waits; for prom-client's own metrics that is all of it.
    const cost = performance.now() - now;
    this.#nextAt = now + Math.max(INTERVAL / 2, cost / LARGEST_SHARE);
    void Promise.all(answers).finally(() => deadline.clear());
  }

  /** Asks all, and waits for their answers, at most as long as the limits say. */
  async pollAll(
    metrics: readonly PolledMetric[],
    onFailure: CollectFailure,
    limits: CollectLimits,
  ): Promise<void> {
    const { reader = READER } = limits;
    const deadline = new Deadline(limits.milliseconds, limits.signal);
    try {
      await Promise.all(metrics.map((metric) => this.#ask(metric, deadline, reader, onFailure)));
    } finally {
      deadline.clear();
    }
  }

  /** Adds an answer that was not waited for. */
  note(metric: ReadableMetric, answer: SampleFamily | undefined): void {
    if (answer !== undefined) this.#answers.set(metric, answer);
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

  async #ask(
    metric: PolledMetric,
    deadline: Deadline,
    reader: string,
    onFailure: CollectFailure,
  ): Promise<void> {
    this.#askedAt.set(metric, performance.now());
    try {
      if (RegisteredMetric.is(metric)) {
        const { collector } = metric;
        if (collector !== undefined) await this.#calls.collect(collector, reader, deadline);
        return;
      }
      const answer = await this.#calls.read(metric, deadline);
      if (answer !== undefined) this.#answers.set(metric, answer);
    } catch (error) {
      onFailure(metric.name, error);
    }
  }
}

function intervalOf(metric: PolledMetric): number {
  // A little less, because a timer that ticks at the same interval may come a little early.
  const { type, collect } = metric as { readonly type?: unknown; readonly collect?: unknown };
  const isCollecting =
    RegisteredMetric.is(metric) || (typeof collect === 'function' && type === 'gauge');
  return (isCollecting ? COLLECTING_GAUGE_INTERVAL : INTERVAL) * 0.9;
}

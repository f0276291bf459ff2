import { performance } from 'node:perf_hooks';
import type { HistogramMetric } from '../metrics/histogram.js';

/**
 * Observes calls that begin in one place and end in another. Holds nothing of a call that never
 * ends, once the object that stands for it is gone.
 */
export class CallTimer {
  readonly #startedAt = new WeakMap<object, number>();

  constructor(private readonly metric: HistogramMetric) {}

  /** @param call stands for the call, at its beginning and at its end */
  begin(call: object): void {
    this.#startedAt.set(call, performance.now());
  }

  isUnderWay(call: object): boolean {
    return this.#startedAt.has(call);
  }

  /** Observes a call, once; does nothing for one whose beginning was not seen. */
  end(call: object, labels: readonly string[]): void {
    const startedAt = this.#startedAt.get(call);
    if (startedAt === undefined) return;
    this.#startedAt.delete(call);
    const seconds = Math.max(0, performance.now() - startedAt) / 1000;
    this.metric.observeAt(this.metric.slot(labels), seconds);
  }
}

import { performance } from 'node:perf_hooks';
import type { HistogramMetric } from '../metrics/histogram.js';

/**
 * Observes calls that begin in one place and end in another. The object that stands for a call bears
 * when it began, under a symbol of each timer: a table on the side costs every garbage collection.
 */
export class CallTimer {
  readonly #startedAt = Symbol('startedAt');

  constructor(private readonly metric: HistogramMetric) {}

  /** @param call stands for the call, at its beginning and at its end */
  begin(call: object): void {
    (call as Record<symbol, unknown>)[this.#startedAt] = performance.now();
  }

  /** Observes a call, once; does nothing for one whose beginning was not seen. */
  end(call: object, labels: readonly string[]): void {
    const startedAt = (call as Record<symbol, unknown>)[this.#startedAt];
    if (typeof startedAt !== 'number') return;
    (call as Record<symbol, unknown>)[this.#startedAt] = undefined;
    const seconds = Math.max(0, performance.now() - startedAt) / 1000;
    this.metric.observeAt(this.metric.slot(labels), seconds);
  }
}

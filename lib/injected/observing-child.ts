import type { HistogramMetric } from '../metrics/histogram.js';
import type { SummaryMetric } from '../metrics/summary.js';
import { Child } from './child.js';
import { noNumber, stopwatch } from './numbers.js';

/** A histogram or a summary. */
export interface Observing<M> {
  readonly metric: M;
  observe(labels: object, value: number): void;
}

/** Of a histogram or a summary: one of its label sets. Its methods can be taken off it. */
export class ObservingChild<M extends HistogramMetric | SummaryMetric> extends Child<M> {
  constructor(
    private readonly owner: Observing<M>,
    values: readonly string[],
  ) {
    super(owner.metric, values);
  }

  readonly observe = (value: unknown): void => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw noNumber(value);
    this.metric.observeAt(this.slot, value);
  };

  readonly startTimer = (): ((endLabels?: object) => number) =>
    observingTimer(this.owner, this.labelsWith(undefined));
}

/** @returns observes the seconds since this call, and returns them */
export function observingTimer(
  metric: Observing<unknown>,
  labels: unknown,
): (endLabels?: object) => number {
  const elapsed = stopwatch();
  return (endLabels) => {
    const seconds = elapsed();
    metric.observe(Object.assign({}, labels, endLabels), seconds);
    return seconds;
  };
}

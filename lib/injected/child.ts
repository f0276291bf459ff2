import type { AnyMetric } from '../metrics/make-metric.js';

/** Of no metric: what is found under it has to be found again. */
const UNKNOWN = -1;

/**
 * One label set of a metric, for who records into it often. The series is made with the first
 * recording, and made again when it was removed.
 */
export abstract class Child<M extends AnyMetric> {
  // Plain fields: a reading of a #private field is slower before the code is optimized.
  protected readonly metric: M;
  private readonly values: readonly string[];
  private lastSlot = 0;
  private generation = UNKNOWN;

  /** @param values one for each label name, as they are stored */
  constructor(metric: M, values: readonly string[]) {
    this.metric = metric;
    this.values = values;
  }

  /** The slot of its series, made when there is none. */
  protected get slot(): number {
    return this.generation === this.metric.generation ? this.lastSlot : this.find();
  }

  /** Its labels with some others. */
  protected labelsWith(others: object | undefined): Record<string, unknown> {
    const own = this.metric.labelNames.map((name, i) => [name, this.values[i]]);
    return { ...Object.fromEntries(own), ...others };
  }

  private find(): number {
    const slot = this.metric.slot(this.values);
    // Past `maxSeries` it is another series' slot, and each recording has to be counted as such.
    const isOwn = this.metric.find(this.values) !== undefined;
    this.lastSlot = slot;
    this.generation = isOwn ? this.metric.generation : UNKNOWN;
    return slot;
  }
}

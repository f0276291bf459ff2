import type { LabelGroup } from './label-group.js';
import type { Slot } from './slot-pages.js';

/** Where a series stands among those of its metric. */
export interface SeriesPlace {
  readonly slot: Slot;
  readonly group: LabelGroup<unknown>;
  /** The value of the label in which it differs from the others of its group. */
  readonly labelValue: string;
}

/**
 * One label set of a metric and its numbers. Can be kept by a caller that records into it often:
 * it stays valid for as long as its metric.
 *
 * What the numbers mean is decided by the metric's type:
 * - counter, gauge: the value
 * - histogram: the sum, then one count per bucket (not cumulative), the last one being `+Inf`
 * - summary: the sum, the count
 */
export class Series {
  // Plain fields: a reading of a #private field is slower before the code is optimized.
  readonly values: Float64Array;
  readonly offset: number;
  private readonly group: LabelGroup<unknown>;
  private readonly labelValue: string;

  constructor({ slot, group, labelValue }: SeriesPlace) {
    this.values = slot.values;
    this.offset = slot.offset;
    this.group = group;
    this.labelValue = labelValue;
  }

  get labelNames(): readonly string[] {
    return this.group.labelNames;
  }

  /** In the order of `labelNames`; put together anew each time. */
  get labelValues(): readonly string[] {
    return this.group.valuesOf(this.labelValue);
  }

  /** The label set as an exposition has it, without braces; put together anew each time. */
  get labelText(): string {
    return this.group.textOf(this.labelValue);
  }
}

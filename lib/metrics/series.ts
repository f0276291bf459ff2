import { labelSetText } from './label-text.js';
import type { Slot } from './slot-pages.js';

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
  readonly labelNames: readonly string[];
  readonly labelValues: readonly string[];
  private text: string | undefined = undefined;

  constructor(slot: Slot, labelNames: readonly string[], labelValues: readonly string[]) {
    this.values = slot.values;
    this.offset = slot.offset;
    this.labelNames = labelNames;
    this.labelValues = labelValues;
  }

  /** The label set as an exposition has it, without braces; rendered once. */
  get labelText(): string {
    return (this.text ??= labelSetText(this.labelNames, this.labelValues));
  }
}

import { exemplarText } from './exemplar.js';
import type { Bound } from './client-labels.js';
import { parseNumber, valueText } from './number-text.js';

/** A foreign sample that can be written. */
export interface CheckedSample {
  readonly name: string;
  readonly value: number;
  /** Its labels without braces, the bound not among them. */
  readonly labelText: string;
  readonly bound: Bound;
  /** What prom-client gave, not checked. */
  readonly exemplar: unknown;
}

/**
 * The number that a foreign value stands for; `undefined` when it stands for none. A string that is
 * not a number is NaN, an empty one 0: prom-client holds such after `inc('')`.
 */
export function clientValue(value: unknown): number | undefined {
  switch (typeof value) {
    case 'number':
      return value;
    case 'bigint':
      return Number(value);
    case 'string':
      return value === '' ? 0 : parseNumber(value);
    default:
      return undefined;
  }
}

/** A line of the exposition, with its line feed. */
export function checkedSampleLine(sample: CheckedSample, withExemplar: boolean): string {
  const { name, value, labelText, bound, exemplar } = sample;
  const separator = labelText === '' || bound.text === '' ? '' : ',';
  const labels = labelText + separator + bound.text;
  const after = withExemplar && exemplar != null ? exemplarText(exemplar) : '';
  return `${name}${labels === '' ? '' : `{${labels}}`} ${valueText(value)}${after}\n`;
}

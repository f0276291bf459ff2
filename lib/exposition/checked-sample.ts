import { exemplarText } from './exemplar.js';
import type { ForeignSample } from './family.js';
import type { ForeignLabels } from './foreign-labels.js';
import { parseNumber, valueText } from './number-text.js';

/** A foreign sample that can be written. */
export interface CheckedSample {
  readonly name: string;
  readonly value: number;
  /** Number of `le` or `quantile`; NaN when the sample has none. */
  readonly bound: number;
  /** All labels in braces, or `''`. */
  readonly labels: string;
  /** What prom-client gave, not checked. */
  readonly exemplar: unknown;
}

export function checkedSample(
  name: string,
  value: number,
  { text, boundText, bound }: ForeignLabels,
  { exemplar }: ForeignSample,
): CheckedSample {
  const all = text === '' || boundText === '' ? text + boundText : `${text},${boundText}`;
  return { name, value, bound, labels: all === '' ? '' : `{${all}}`, exemplar };
}

/**
 * The number that a foreign value stands for; `undefined` when it stands for none. A string that is
 * not a number is NaN, an empty one 0: prom-client holds such after `inc('')`.
 */
export function foreignValue(value: unknown): number | undefined {
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
export function checkedSampleLine(
  { name, value, labels, exemplar }: CheckedSample,
  withExemplar: boolean,
): string {
  const after = withExemplar && exemplar != null ? exemplarText(exemplar) : '';
  return `${name}${labels} ${valueText(value)}${after}\n`;
}

/** What the lines of all types of the text formats have in common. */
import { valueText } from './number-text.js';

/** What differs between the text formats. */
export interface LineOptions {
  /** Sample names that are wanted. */
  readonly names: ReadonlySet<string>;
  readonly exemplars: boolean;
  /** Whether a histogram without classic buckets has one up to `+Inf`. */
  readonly infinity: boolean;
}

/** Two label sets as one, escaped and without braces. */
export function joined(labels: string, extraLabels: string): string {
  return labels === '' || extraLabels === '' ? labels + extraLabels : `${labels},${extraLabels}`;
}

/** @param labels escaped and without braces */
export function sampleLine(name: string, labels: string, value: number): string {
  return labels === ''
    ? `${name} ${valueText(value)}\n`
    : `${name}{${labels}} ${valueText(value)}\n`;
}

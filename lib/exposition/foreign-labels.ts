import { labelPart, type LabelPart } from './default-labels.js';
import type { ForeignSample } from './family.js';
import { isLabelName } from './names.js';
import { canonicalNumber, parseNumber } from './number-text.js';

/** The labels of a foreign sample, without the one that tells samples of a label set apart. */
export interface ForeignLabels {
  /** Escaped, without braces, in the order in which the labels were given. */
  readonly text: string;
  /** The same for equal label sets: in order of the names, and without empty labels. */
  readonly key: string;
  /** `le="0.5"` or `quantile="0.5"`, canonical; `''` when there is none. */
  readonly boundText: string;
  /** The number of `le` or `quantile`; NaN when it is none. */
  readonly bound: number;
}

/**
 * Reads the labels of a sample, with the default labels where it has none of its own.
 *
 * @param boundLabel the label that is a number, `le` or `quantile`
 * @returns `undefined` when a label name is not legal
 */
export function readForeignLabels(
  { labels, sharedLabels }: ForeignSample,
  boundLabel: string | undefined,
  defaultLabels: readonly LabelPart[],
): ForeignLabels | undefined {
  const own: Record<string, unknown> = { ...(labels as object), ...(sharedLabels as object) };
  const parts: LabelPart[] = [];
  let boundText = '';
  let bound = NaN;
  for (const name of Object.keys(own)) {
    if (!isLabelName(name)) return undefined;
    const part = labelPart(name, own[name]);
    if (name !== boundLabel) {
      parts.push(part);
      continue;
    }
    bound = parseNumber(part.text.slice(name.length + 2, -1));
    boundText = Number.isNaN(bound) ? part.text : `${name}="${canonicalNumber(bound)}"`;
  }
  for (const label of defaultLabels) {
    if (label.name !== boundLabel && !Object.hasOwn(own, label.name)) parts.push(label);
  }
  return {
    text: parts.map(({ text }) => text).join(','),
    key: labelSetKey(parts),
    boundText,
    bound,
  };
}

/** Prometheus takes an empty label for one that is not there. */
function labelSetKey(parts: readonly LabelPart[]): string {
  const texts: string[] = [];
  for (const { text, isEmpty } of parts) if (!isEmpty) texts.push(text);
  return texts.length > 1 ? texts.sort().join(',') : (texts[0] ?? '');
}

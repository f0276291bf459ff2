import { escapeLabelValue } from '../metrics/label-text.js';
import { labelValueText } from '../metrics/label-value.js';
import { isLabelName } from '../metrics/names.js';

/** A label as it stands in an exposition. */
export interface LabelPart {
  readonly name: string;
  /** Well-formed, not escaped. */
  readonly value: string;
  /** `name="value"`, escaped. */
  readonly text: string;
}

const UNUSUAL = /[\\"\n\ud800-\udfff]/;

/** A label of any value; one that has no text is empty. Lone surrogates are replaced. */
export function labelPart(name: string, given: unknown): LabelPart {
  const value = labelValueText(given) ?? '';
  if (!UNUSUAL.test(value)) return { name, value, text: `${name}="${value}"` };
  const wellFormed = value.replace(/\p{Surrogate}/gu, '\ufffd');
  return { name, value: wellFormed, text: `${name}="${escapeLabelValue(wellFormed)}"` };
}

/** A registry's default labels; those with an illegal name are left out. */
export function defaultLabelParts(
  labels: Readonly<Record<string, unknown>> | undefined,
): LabelPart[] {
  return Object.entries(labels ?? {})
    .filter(([name]) => isLabelName(name))
    .map(([name, value]) => labelPart(name, value));
}

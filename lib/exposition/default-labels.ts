import { escapeLabelValue } from '../metrics/label-text.js';
import { labelValueText } from '../metrics/label-value.js';
import { isLabelName } from './names.js';

/** A label as it stands in an exposition. */
export interface LabelPart {
  readonly name: string;
  /** `name="value"`, escaped. */
  readonly text: string;
  readonly isEmpty: boolean;
}

const UNUSUAL = /[\\"\n\ud800-\udfff]/;

/** A label of any value; one that has no text is empty. Lone surrogates are replaced. */
export function labelPart(name: string, value: unknown): LabelPart {
  const given = labelValueText(value) ?? '';
  if (!UNUSUAL.test(given)) return { name, text: `${name}="${given}"`, isEmpty: given === '' };
  const text = given.replace(/\p{Surrogate}/gu, '\ufffd');
  return { name, text: `${name}="${escapeLabelValue(text)}"`, isEmpty: text === '' };
}

/** A registry's default labels; those with an illegal name are left out. */
export function defaultLabelParts(
  labels: Readonly<Record<string, unknown>> | undefined,
): LabelPart[] {
  return Object.entries(labels ?? {})
    .filter(([name]) => isLabelName(name))
    .map(([name, value]) => labelPart(name, value));
}

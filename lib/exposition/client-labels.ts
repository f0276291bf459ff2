import { labelPart, type LabelPart } from './default-labels.js';
import type { ClientSample } from './family.js';
import { isLabelName } from './names.js';
import { canonicalNumber, parseNumber } from './number-text.js';

/** `le` or `quantile` of a foreign sample. */
export interface Bound {
  /** `le="0.5"` or `quantile="0.5"`, canonical; `''` when the sample has none. */
  readonly text: string;
  /** NaN when it is not a number. */
  readonly value: number;
}

/** The labels of a foreign sample, without the one that tells samples of a label set apart. */
export interface ClientLabels {
  readonly parts: readonly LabelPart[];
  /** Escaped, without braces, in the order in which the labels were given. */
  readonly text: string;
  readonly bound: Bound;
}

const NO_BOUND: Bound = { text: '', value: NaN };

/** Reads the labels of one family's samples. */
export class ClientLabelReader {
  readonly #bounds = new Map<unknown, Bound>();

  /**
   * @param boundLabel the label that is a number, `le` or `quantile`
   * @param defaultLabels added where a sample has no label of that name
   */
  constructor(
    private readonly boundLabel: string | undefined,
    private readonly defaultLabels: readonly LabelPart[],
  ) {}

  /** `undefined` when a label name is not legal. */
  read({ labels, sharedLabels }: ClientSample): ClientLabels | undefined {
    const own = (
      sharedLabels == null ? (labels ?? {}) : { ...(labels as object), ...(sharedLabels as object) }
    ) as Record<string, unknown>;
    const parts: LabelPart[] = [];
    let text = '';
    let bound = NO_BOUND;
    for (const name of Object.keys(own)) {
      if (!isLabelName(name)) return undefined;
      if (name === this.boundLabel) {
        bound = this.#bound(name, own[name]);
        continue;
      }
      const part = labelPart(name, own[name]);
      parts.push(part);
      text += text === '' ? part.text : `,${part.text}`;
    }
    for (const label of this.defaultLabels) {
      if (label.name === this.boundLabel || Object.hasOwn(own, label.name)) continue;
      parts.push(label);
      text += text === '' ? label.text : `,${label.text}`;
    }
    return { parts, text, bound };
  }

  /** Remembered, because all label sets have the same few bounds. */
  #bound(name: string, value: unknown): Bound {
    const known = this.#bounds.get(value);
    if (known !== undefined) return known;
    const { text } = labelPart(name, value);
    const number = parseNumber(text.slice(name.length + 2, -1));
    const bound = {
      text: Number.isNaN(number) ? text : `${name}="${canonicalNumber(number)}"`,
      value: number,
    };
    if (typeof value !== 'object') this.#bounds.set(value, bound);
    return bound;
  }
}

/**
 * The same text for equal label sets: in order of the names, and without empty labels, which
 * Prometheus takes for labels that are not there.
 */
export function labelSetKey(parts: readonly LabelPart[]): string {
  return parts
    .filter(({ isEmpty }) => !isEmpty)
    .map(({ text }) => text)
    .sort()
    .join(',');
}

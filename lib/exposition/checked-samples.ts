import { isLabelName } from '../metrics/names.js';
import type { ClientSample } from './family.js';
import { labelPart, type LabelPart } from './label-part.js';
import { canonicalNumber, parseNumber } from './number-text.js';

/** `le` or `quantile` of a client sample. */
export interface Bound {
  /** Canonical; `undefined` when the sample has none. */
  readonly label: LabelPart | undefined;
  /** Its text, `le="0.5"` or `quantile="0.5"`; `''` when the sample has none. */
  readonly text: string;
  /** NaN when it is not a number. */
  readonly value: number;
}

/** The labels of a client sample, without the one that tells samples of a label set apart. */
export interface ClientLabels {
  readonly parts: readonly LabelPart[];
  /** Escaped, without braces, in the order in which the labels were given. */
  readonly text: string;
  readonly bound: Bound;
}

/** A client sample that can be written. */
export interface CheckedSample {
  readonly name: string;
  readonly value: number;
  /** Its labels without braces, the bound not among them. */
  readonly labelText: string;
  readonly bound: Bound;
  /** What prom-client gave, not checked. */
  readonly exemplar: unknown;
}

/** The samples of one label set. */
export interface LabelSetSamples {
  /** As its first sample has them. */
  readonly labels: readonly LabelPart[];
  readonly samples: readonly CheckedSample[];
}

const NO_BOUND: Bound = { label: undefined, text: '', value: NaN };

/**
 * The number that a client value stands for; `undefined` when it stands for none. A string that is
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
    const given = labelPart(name, value);
    const number = parseNumber(given.value);
    const label = Number.isNaN(number) ? given : labelPart(name, canonicalNumber(number));
    const bound: Bound = { label, text: label.text, value: number };
    if (typeof value !== 'object') this.#bounds.set(value, bound);
    return bound;
  }
}

/** A label set and its samples, as they are being gathered. */
class Group implements LabelSetSamples {
  readonly samples: CheckedSample[] = [];
  readonly #places = new Set<string>();

  constructor(readonly labels: readonly LabelPart[]) {}

  /** `false` when the label set has a sample of this name and bound. */
  add(sample: CheckedSample): boolean {
    const size = this.#places.size;
    if (this.#places.add(sample.name + sample.bound.text).size === size) return false;
    this.samples.push(sample);
    return true;
  }
}

/** Brings the samples of a client family together by label set, and finds duplicates. */
export class LabelSetGroups {
  readonly #byKey = new Map<string, Group>();
  /** Spares most samples the sorting of their labels. */
  readonly #byText = new Map<string, Group>();

  /** `false` when the sample is a duplicate. */
  add({ text, parts }: ClientLabels, sample: CheckedSample): boolean {
    let group = this.#byText.get(text);
    if (group === undefined) {
      const key = labelSetKey(parts);
      group = this.#byKey.get(key);
      if (group === undefined) this.#byKey.set(key, (group = new Group(parts)));
      this.#byText.set(text, group);
    }
    return group.add(sample);
  }

  /** In the order of their first samples. */
  [Symbol.iterator](): IterableIterator<{
    readonly labels: readonly LabelPart[];
    readonly samples: CheckedSample[];
  }> {
    return this.#byKey.values();
  }
}

/**
 * The same text for equal label sets: in order of the names, and without empty labels, which
 * Prometheus takes for labels that are not there.
 */
function labelSetKey(parts: readonly LabelPart[]): string {
  return parts
    .filter(({ value }) => value !== '')
    .map(({ text }) => text)
    .sort()
    .join(',');
}

import type { CheckedSample } from './checked-sample.js';
import { labelSetKey, type ClientLabels } from './client-labels.js';

/** The samples of one label set. */
class Group {
  readonly samples: CheckedSample[] = [];
  readonly #places = new Set<string>();

  /** `false` when the label set has a sample of this name and bound. */
  add(sample: CheckedSample): boolean {
    const size = this.#places.size;
    if (this.#places.add(sample.name + sample.bound.text).size === size) return false;
    this.samples.push(sample);
    return true;
  }
}

/** Brings the samples of a foreign family together by label set, and finds duplicates. */
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
      if (group === undefined) this.#byKey.set(key, (group = new Group()));
      this.#byText.set(text, group);
    }
    return group.add(sample);
  }

  /** In the order of their first samples. */
  *[Symbol.iterator](): Generator<CheckedSample[], void, undefined> {
    for (const { samples } of this.#byKey.values()) yield samples;
  }
}

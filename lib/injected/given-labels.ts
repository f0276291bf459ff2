import { inspect } from 'node:util';
import { boundedLabelValue, labelValueText } from '../metrics/label-value.js';

/**
 * Reads labels in the forms in which prom-client takes them, and refuses the same ones with the same
 * errors.
 */
export class GivenLabels {
  readonly #names: readonly string[];
  /** One for each name; used again with each call. */
  readonly #values: string[];

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#values = names.map(() => '');
  }

  /**
   * The values of an object of labels, in the order of the names; `''` for a label that is not set.
   * They hold until the next call.
   *
   * @throws Error for a label that the metric does not have
   */
  read(labels: object): readonly string[] {
    const names = this.#names;
    const values = this.#values;
    let set = 0;
    for (const name in labels) {
      // Most callers give them in the order of the declaration.
      const at = names[set] === name ? set : names.indexOf(name);
      if (at === -1) throw unknownLabel(name, names);
      const value = (labels as Record<string, unknown>)[name];
      values[at] = typeof value === 'string' ? value : (labelValueText(value) ?? '');
      set += 1;
    }
    if (set < names.length) this.#emptyOthers(labels);
    return values;
  }

  /** Values of an earlier call may stand where this one has none. */
  #emptyOthers(labels: object): void {
    const set = new Set<string>();
    for (const name in labels) set.add(name);
    for (const [i, name] of this.#names.entries()) if (!set.has(name)) this.#values[i] = '';
  }

  /**
   * The values that `labels()` and `remove()` are given, one by one or as an object, in a list of
   * their own.
   *
   * @throws Error for a label that the metric does not have, and for too many or too few values
   */
  readArguments(given: readonly unknown[]): readonly string[] {
    const [first] = given;
    const names = this.#names;
    if (typeof first !== 'object' && given.length !== names.length) {
      throw new Error(
        `Invalid number of arguments (${given.length}): "${given.join(', ')}" for label names (${names.length}): "${names.join(', ')}".`,
      );
    }
    const values =
      typeof first === 'object'
        ? this.read(first ?? {})
        : given.map((value) => labelValueText(value) ?? '');
    return values.map((value) => boundedLabelValue(value, Infinity));
  }
}

function unknownLabel(name: string, names: readonly string[]): Error {
  return new Error(`Added label "${name}" is not included in initial labelset: ${inspect(names)}`);
}

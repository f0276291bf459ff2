import { escapeLabelValue, labelSetText } from './label-text.js';

/**
 * What the label sets have in common that differ in one label alone, and the slot of each. The
 * common values are kept once, and no text for each series, which keeps label sets small.
 */
export class LabelGroup {
  /** By the value of the label that differs; by `''` when there are no labels. */
  readonly slots = new Map<string, number>();
  readonly #names: readonly string[];
  readonly #values: readonly string[];
  readonly #position: number;
  #head: string | undefined;
  #tail = '';

  /**
   * @param number among the groups of its metric
   * @param names of all labels
   * @param values of all labels; the one at `position` is not read
   * @param position of the label that differs; -1 when there are no labels
   */
  constructor(
    readonly number: number,
    names: readonly string[],
    values: readonly string[],
    position: number,
  ) {
    this.#names = names;
    this.#values = values;
    this.#position = position;
  }

  /** The values of all labels of one series. */
  valuesOf(value: string): string[] {
    const values = this.#values.slice();
    if (this.#position !== -1) values[this.#position] = value;
    return values;
  }

  /** The label set of one series as an exposition has it, without braces. */
  textOf(value: string): string {
    if (this.#head === undefined) this.#render();
    return this.#head + escapeLabelValue(value) + this.#tail;
  }

  #render(): void {
    const at = this.#position;
    const before = labelSetText(this.#names.slice(0, at), this.#values);
    const after = labelSetText(this.#names.slice(at + 1), this.#values.slice(at + 1));
    this.#head = `${before}${before === '' ? '' : ','}${this.#names[at]}="`;
    this.#tail = `"${after === '' ? '' : ','}${after}`;
  }
}

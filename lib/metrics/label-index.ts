import { LabelGroup } from './label-group.js';

type Node = Map<string, Node> | LabelGroup;

/**
 * Finds the slot of a label set, by walking one Map per label.
 *
 * Values are never joined into one key, so no choice of values can make two label sets collide,
 * and a look-up allocates nothing.
 */
export class LabelIndex {
  /** By their numbers, with gaps; none when there are no labels. */
  readonly groups: (LabelGroup | undefined)[] = [];
  /** Numbers of groups that are gone. */
  readonly #freeNumbers: number[] = [];
  readonly #labelNames: readonly string[];
  readonly #order: readonly number[];
  readonly #last: number;
  #root: Node | undefined;

  /**
   * @param order positions of the labels, in the order in which they are looked up. The label with
   *   the most values belongs last, where it costs one Map entry instead of one Map per value.
   */
  constructor(labelNames: readonly string[], order: readonly number[]) {
    this.#labelNames = labelNames;
    this.#order = order.slice(0, -1);
    this.#last = order.at(-1) ?? -1;
  }

  get(values: readonly string[]): number | undefined {
    return this.group(values)?.slots.get(this.lastOf(values));
  }

  /** The value of the label that is looked up last; `''` when there are no labels. */
  lastOf(values: readonly string[]): string {
    return values[this.#last] ?? '';
  }

  /** What is known of the values without the last one; `undefined` when there is nothing. */
  group(values: readonly string[]): LabelGroup | undefined {
    let node = this.#root;
    for (const position of this.#order) {
      if (node === undefined) return undefined;
      node = (node as Map<string, Node>).get(values[position] as string);
    }
    return node as LabelGroup | undefined;
  }

  /** The same, made when there is none. */
  groupFor(values: readonly string[]): LabelGroup {
    const known = this.group(values);
    if (known !== undefined) return known;
    const number = this.#freeNumbers.pop() ?? this.groups.length;
    const group = new LabelGroup(number, this.#labelNames, values, this.#last);
    if (this.#last !== -1) this.groups[number] = group;
    if (this.#order.length === 0) {
      this.#root = group;
      return group;
    }
    let node = (this.#root ??= new Map<string, Node>()) as Map<string, Node>;
    for (const position of this.#order.slice(0, -1)) {
      const value = values[position] as string;
      let next = node.get(value) as Map<string, Node> | undefined;
      if (next === undefined) {
        next = new Map();
        node.set(value, next);
      }
      node = next;
    }
    node.set(values[this.#order.at(-1) ?? -1] as string, group);
    return group;
  }

  /** Takes a label set out, and what was kept for it alone. */
  delete(values: readonly string[]): void {
    const group = this.group(values);
    if (group === undefined) return;
    group.slots.delete(this.lastOf(values));
    if (group.slots.size > 0 || this.#order.length === 0) return;
    this.groups[group.number] = undefined;
    this.#freeNumbers.push(group.number);
    this.#prune(this.#root as Map<string, Node>, values, 0);
  }

  /** Takes all label sets out. */
  clear(): void {
    this.#root = undefined;
    this.groups.length = 0;
    this.#freeNumbers.length = 0;
  }

  /** Takes the way to a group out, as far as it leads to no other one. */
  #prune(node: Map<string, Node>, values: readonly string[], depth: number): void {
    const value = values[this.#order[depth] as number] as string;
    if (depth < this.#order.length - 1) {
      const next = node.get(value) as Map<string, Node>;
      this.#prune(next, values, depth + 1);
      if (next.size > 0) return;
    }
    node.delete(value);
  }
}

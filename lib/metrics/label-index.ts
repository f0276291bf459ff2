type Node<T> = Map<string, Node<T>> | Map<string, T>;

/**
 * Finds what belongs to a label set, by walking one Map per label.
 *
 * Values are never joined into one key, so no choice of values can make two label sets collide,
 * and a look-up allocates nothing.
 */
export class LabelIndex<T> {
  readonly #root: Node<T> = new Map<string, Node<T>>();
  readonly #order: readonly number[];

  /**
   * @param order positions of the labels, in the order in which they are looked up. The label with
   *   the most values belongs last, where it costs one Map entry instead of one Map per value.
   */
  constructor(order: readonly number[]) {
    this.#order = order;
  }

  get(values: readonly string[]): T | undefined {
    let node: Node<T> | T | undefined = this.#root;
    for (const position of this.#order) {
      node = (node as Map<string, Node<T> | T>).get(values[position] as string);
      if (node === undefined) return undefined;
    }
    return node as T;
  }

  set(values: readonly string[], entry: T): void {
    const last = this.#order.length - 1;
    let node = this.#root as Map<string, Node<T>>;
    for (let level = 0; level < last; level++) {
      const value = values[this.#order[level] as number] as string;
      let next = node.get(value) as Map<string, Node<T>> | undefined;
      if (next === undefined) {
        next = new Map();
        node.set(value, next);
      }
      node = next;
    }
    (node as unknown as Map<string, T>).set(values[this.#order[last] as number] as string, entry);
  }

  /**
   * The Map of the last label below the given values of the others, or `undefined`.
   * It stays current: entries set later appear in it.
   *
   * @param values label values by position; that of the label looked up last is not read
   */
  lastLevel(values: readonly string[]): ReadonlyMap<string, T> | undefined {
    let node: Node<T> | undefined = this.#root;
    for (let level = 0; level < this.#order.length - 1; level++) {
      const value = values[this.#order[level] as number] as string;
      node = (node as Map<string, Node<T>>).get(value);
      if (node === undefined) return undefined;
    }
    return node as Map<string, T>;
  }
}

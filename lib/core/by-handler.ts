const NONE = Symbol('none');

/**
 * What is worked out once for each class and method: an inherited method is one function in several
 * classes. Nothing is kept for classes that are gone.
 */
export class ByHandler<T> {
  readonly #make: (type: Function, method: Function) => T | undefined;
  #known = new WeakMap<Function, WeakMap<Function, T | typeof NONE>>();

  /** @param make what is missing, once; `undefined` is remembered, too */
  constructor(make: (type: Function, method: Function) => T | undefined) {
    this.#make = make;
  }

  of(type: Function, method: Function): T | undefined {
    const found = this.#known.get(type)?.get(method) ?? this.#add(type, method);
    return found === NONE ? undefined : found;
  }

  /** Has everything worked out anew. */
  clear(): void {
    this.#known = new WeakMap();
  }

  #add(type: Function, method: Function): T | typeof NONE {
    const made = this.#make(type, method) ?? NONE;
    let ofType = this.#known.get(type);
    if (ofType === undefined) {
      ofType = new WeakMap();
      this.#known.set(type, ofType);
    }
    ofType.set(method, made);
    return made;
  }
}

import { brand } from './brands.js';

type Branded = Record<symbol, unknown>;

/**
 * What is kept on an object under a name, made at the first call: found by every copy of this
 * version of the library in the process, and gone with the object.
 *
 * @param holder a registry say, or `globalThis` for what the whole process shares
 * @example
 * const writers = keptOn(registry, 'writers', () => new Map<string, Shared<Writer>>());
 */
export function keptOn<T>(holder: object, name: string, make: () => T): T {
  const key = brand(name);
  const known = (holder as Branded)[key];
  if (known !== undefined) return known as T;
  const made = make();
  Object.defineProperty(holder, key, { value: made, configurable: true });
  return made;
}

/** Something that several applications of a process use, and that ends with the last of them. */
export class Shared<T> {
  #users = 0;

  /** @param end called when the last user has gone */
  constructor(
    readonly value: T,
    private readonly end: (value: T) => void,
  ) {}

  get isUsed(): boolean {
    return this.#users > 0;
  }

  /**
   * Adds a user.
   *
   * @returns takes the user off again; further calls do nothing
   */
  take(): () => void {
    this.#users += 1;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#users -= 1;
      if (this.#users === 0) this.end(this.value);
    };
  }
}

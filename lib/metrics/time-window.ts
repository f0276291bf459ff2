/** What was seen within a sliding window, in parts of which one at a time is forgotten. */
export class TimeWindow<P extends { clear(): void }> {
  readonly #parts: readonly P[];
  readonly #partMilliseconds: number;
  readonly #now: () => number;
  #current = 0;
  #currentSince: number;

  /**
   * @param maxAgeSeconds length of the window; `undefined`: everything since the start
   * @param ageBuckets parts of the window
   * @param make an empty part
   * @param now milliseconds
   */
  constructor(
    maxAgeSeconds: number | undefined,
    ageBuckets: number,
    make: () => P,
    now: () => number,
  ) {
    const length = maxAgeSeconds === undefined ? 1 : ageBuckets;
    this.#parts = Array.from({ length }, make);
    this.#partMilliseconds =
      maxAgeSeconds === undefined ? Infinity : (maxAgeSeconds * 1000) / length;
    this.#now = now;
    this.#currentSince = now();
  }

  /** The part for what is seen now. */
  get current(): P {
    this.#forget();
    return this.#parts[this.#current] as P;
  }

  /** Those of what counts now. */
  get parts(): readonly P[] {
    this.#forget();
    return this.#parts;
  }

  clear(): void {
    for (const part of this.#parts) part.clear();
  }

  #forget(): void {
    const elapsed = this.#now() - this.#currentSince;
    if (elapsed < this.#partMilliseconds) return;
    const steps = Math.floor(elapsed / this.#partMilliseconds);
    for (let i = 0; i < Math.min(steps, this.#parts.length); i++) {
      this.#current = (this.#current + 1) % this.#parts.length;
      this.#parts[this.#current]?.clear();
    }
    this.#currentSince += steps * this.#partMilliseconds;
  }
}

/** Relative error of the quantiles that a sketch gives. */
const ACCURACY = 0.01;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);

/** Values up to this one count as 0; it also bounds the number of buckets. */
const SMALLEST = 1e-9;

/**
 * Quantiles of the values that were seen within a sliding window, each within 1 % of the true one.
 *
 * Counts values in buckets whose bounds grow geometrically, as DDSketch does, once for each of
 * `ageBuckets` parts of the window. Memory is bounded by the range of the values, not by their
 * number.
 *
 * @see https://arxiv.org/abs/1908.10693
 */
export class QuantileSketch {
  readonly #parts: Map<number, number>[];
  readonly #partMilliseconds: number;
  #current = 0;
  #currentSince: number;

  /**
   * @param maxAgeSeconds length of the window; `undefined`: everything since the start
   * @param ageBuckets parts of the window; one part at a time is forgotten
   */
  constructor(
    maxAgeSeconds: number | undefined,
    ageBuckets: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    const parts = maxAgeSeconds === undefined ? 1 : ageBuckets;
    this.#parts = Array.from({ length: parts }, () => new Map<number, number>());
    this.#partMilliseconds =
      maxAgeSeconds === undefined ? Infinity : (maxAgeSeconds * 1000) / parts;
    this.#currentSince = now();
  }

  add(value: number): void {
    this.#forget();
    const part = this.#parts[this.#current] as Map<number, number>;
    const bucket = value <= SMALLEST ? -Infinity : Math.ceil(Math.log(value) / LOG_GAMMA);
    part.set(bucket, (part.get(bucket) ?? 0) + 1);
  }

  /** The values at the given quantiles (0 to 1); NaN for each when nothing was seen. */
  quantiles(quantiles: readonly number[]): number[] {
    this.#forget();
    const counts = new Map<number, number>();
    let total = 0;
    for (const part of this.#parts) {
      for (const [bucket, count] of part) {
        counts.set(bucket, (counts.get(bucket) ?? 0) + count);
        total += count;
      }
    }
    const buckets = [...counts.keys()].sort((a, b) => a - b);
    return quantiles.map((quantile) => {
      if (total === 0) return NaN;
      const rank = quantile * (total - 1);
      let seen = 0;
      let found = -Infinity;
      for (const bucket of buckets) {
        found = bucket;
        seen += counts.get(bucket) as number;
        if (seen > rank) break;
      }
      return found === -Infinity ? 0 : (2 * GAMMA ** found) / (GAMMA + 1);
    });
  }

  clear(): void {
    for (const part of this.#parts) part.clear();
  }

  #forget(): void {
    const elapsed = this.now() - this.#currentSince;
    if (elapsed < this.#partMilliseconds) return;
    const steps = Math.floor(elapsed / this.#partMilliseconds);
    for (let i = 0; i < Math.min(steps, this.#parts.length); i++) {
      this.#current = (this.#current + 1) % this.#parts.length;
      this.#parts[this.#current]?.clear();
    }
    this.#currentSince += steps * this.#partMilliseconds;
  }
}

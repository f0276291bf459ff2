import { TimeWindow } from './time-window.js';

/** Relative error of the quantiles that a sketch gives. */
const ACCURACY = 0.01;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);

/** Values up to this one count as 0; it also bounds the number of buckets. */
const SMALLEST = 1e-9;

/** Tells quantiles of what was seen lately. */
export interface Sketch {
  /** Whether nothing was seen lately. */
  readonly isEmpty: boolean;
  add(value: number): void;
  /** The values at the given quantiles, 0 to 1. */
  quantiles(quantiles: readonly number[]): number[];
  clear(): void;
}

/**
 * Quantiles of the values that were seen within a sliding window, each within 1 % of the true one.
 *
 * Counts values in buckets whose bounds grow geometrically, as DDSketch does, once for each of
 * `ageBuckets` parts of the window. Memory is bounded by the range of the values, not by their
 * number.
 *
 * @see https://arxiv.org/abs/1908.10693
 */
export class QuantileSketch implements Sketch {
  /** How often the buckets were met, by their numbers. */
  readonly #window: TimeWindow<Map<number, number>>;

  /**
   * @param maxAgeSeconds length of the window; `undefined`: everything since the start
   * @param ageBuckets parts of the window; one part at a time is forgotten
   */
  constructor(
    maxAgeSeconds: number | undefined,
    ageBuckets: number,
    now: () => number = () => performance.now(),
  ) {
    this.#window = new TimeWindow(maxAgeSeconds, ageBuckets, () => new Map(), now);
  }

  get isEmpty(): boolean {
    return this.#window.parts.every((part) => part.size === 0);
  }

  add(value: number): void {
    const part = this.#window.current;
    const bucket = value <= SMALLEST ? -Infinity : magnitudeOf(value);
    part.set(bucket, (part.get(bucket) ?? 0) + 1);
  }

  /** NaN for each when nothing was seen. */
  quantiles(quantiles: readonly number[]): number[] {
    const counts = new Map<number, number>();
    let total = 0;
    for (const part of this.#window.parts) {
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
    this.#window.clear();
  }
}

/** The number of the bucket of a value above 0. */
function magnitudeOf(value: number): number {
  return Math.ceil(Math.log(value) / LOG_GAMMA);
}

/** What was seen of one bucket. */
interface Seen {
  count: number;
  sum: number;
}

/** Buckets of negative values are numbered below all others. */
const NEGATIVE = -100_000;

/**
 * The same as prom-client's summaries have them: values of any sign, means of what is alike, and a
 * quantile that lies between two of them is worked out from both. 0 for each when nothing was seen.
 */
export class InterpolatingSketch implements Sketch {
  readonly #window: TimeWindow<Map<number, Seen>>;

  /** As `QuantileSketch`. */
  constructor(
    maxAgeSeconds: number | undefined,
    ageBuckets: number,
    now: () => number = () => performance.now(),
  ) {
    this.#window = new TimeWindow(maxAgeSeconds, ageBuckets, () => new Map(), now);
  }

  get isEmpty(): boolean {
    return this.#window.parts.every((part) => part.size === 0);
  }

  add(value: number): void {
    addSeen(this.#window.current, signedBucketOf(value), 1, value);
  }

  quantiles(quantiles: readonly number[]): number[] {
    const seen = new Map<number, Seen>();
    let total = 0;
    for (const part of this.#window.parts) {
      for (const [bucket, { count, sum }] of part) {
        addSeen(seen, bucket, count, sum);
        total += count;
      }
    }
    if (total === 0) return quantiles.map(() => 0);
    const buckets = [...seen].sort(([a], [b]) => a - b).map(([, bucket]) => bucket);
    return quantiles.map((quantile) => interpolated(buckets, quantile * total));
  }

  clear(): void {
    this.#window.clear();
  }
}

function addSeen(seen: Map<number, Seen>, bucket: number, count: number, sum: number): void {
  const known = seen.get(bucket);
  if (known === undefined) {
    seen.set(bucket, { count, sum });
    return;
  }
  known.count += count;
  known.sum += sum;
}

function signedBucketOf(value: number): number {
  if (value > SMALLEST) return magnitudeOf(value);
  return value < -SMALLEST ? NEGATIVE - magnitudeOf(-value) : NEGATIVE / 2;
}

/**
 * The value at a rank: each bucket has its mean where half of its values lie below.
 *
 * @param buckets ascending, at least one
 */
function interpolated(buckets: readonly Seen[], rank: number): number {
  let below = 0;
  let lower: { readonly mean: number; readonly at: number } | undefined;
  for (const { count, sum } of buckets) {
    const upper = { mean: sum / count, at: below + count / 2 };
    if (rank <= upper.at) {
      if (lower === undefined) return upper.mean;
      const share = (rank - lower.at) / (upper.at - lower.at);
      return lower.mean + share * (upper.mean - lower.mean);
    }
    below += count;
    lower = upper;
  }
  return (lower as { readonly mean: number }).mean;
}

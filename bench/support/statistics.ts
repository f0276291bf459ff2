/** What is left of a row of measurements: the middle, and how far apart they lie. */
export interface Summary {
  readonly median: number;
  /** Half the distance between the first and the third quartile. */
  readonly spread: number;
}

export function summaryOf(values: readonly number[]): Summary {
  return {
    median: quantile(values, 0.5),
    spread: (quantile(values, 0.75) - quantile(values, 0.25)) / 2,
  };
}

/** The quantile of the values, between two of them where it falls there; NaN for none. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * at;
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position % 1);
}

/** The quotients of two rows that were measured in turn, round by round. */
export function ratios(values: readonly number[], bases: readonly number[]): number[] {
  return values.map((value, round) => value / (bases[round] as number));
}

/**
 * How small a difference from 1 the ratios can show: what a thing measured against itself is off.
 *
 * @param self ratios of two identical contestants
 */
export function resolutionOf(self: readonly number[]): number {
  const { median, spread } = summaryOf(self);
  return Math.max(Math.abs(1 - median), spread);
}

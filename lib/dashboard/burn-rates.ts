/** Windows over which an error budget is watched, and how fast it has to burn. */
export interface BurnRate {
  /** Both windows have to burn: the long one says that it matters, the short one that it goes on. */
  readonly long: string;
  readonly short: string;
  /** How many times faster than the budget of 30 days allows. */
  readonly factor: number;
  readonly severity: 'critical' | 'warning';
}

/**
 * The burn rates of the multi-window, multi-burn-rate alerts that Google's SRE workbook recommends.
 *
 * @see https://sre.google/workbook/alerting-on-slos/
 */
export const BURN_RATES: readonly BurnRate[] = [
  { long: '1h', short: '5m', factor: 14.4, severity: 'critical' },
  { long: '6h', short: '30m', factor: 6, severity: 'critical' },
  { long: '1d', short: '2h', factor: 3, severity: 'warning' },
  { long: '3d', short: '6h', factor: 1, severity: 'warning' },
];

/** All windows, the shortest first. */
export const WINDOWS: readonly string[] = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'];

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

export function secondsOf(window: string): number {
  return Number(window.slice(0, -1)) * (SECONDS[window.slice(-1)] as number);
}

/** The period of an error budget, in seconds. */
export const BUDGET_SECONDS = 30 * 86_400;

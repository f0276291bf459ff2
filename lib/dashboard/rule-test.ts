/** One test of rules, before it is written as promtool reads it. */

/** Samples of a series, one a minute, in promtool's notation. */
export interface Input {
  readonly series: string;
  readonly values: string;
}

export interface RuleTest {
  readonly name: string;
  readonly input: readonly Input[];
  /** Minutes after which the alerts are looked at. */
  readonly minutes: number;
  /** Labels of the alerts that fire then, without `alertname`; `undefined` for none. */
  readonly fires: readonly Readonly<Record<string, string>>[];
  /** The alerts that are looked at. @default all */
  readonly alert?: string;
}

/** Labels of the process that is scraped in every test. */
export const TARGET = 'job="shop",instance="shop:3000"';

/** A bucket's bound as the exposition has it. */
export function boundText(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}.0` : String(seconds);
}

import { canonicalNumber } from '../exposition/number-text.js';

/** Label matchers, without braces: `job="a",status=~"5.."`. */
export type Matchers = readonly string[];

/** A text as PromQL writes it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

export function selector(name: string, matchers: Matchers = []): string {
  return matchers.length === 0 ? name : `${name}{${matchers.join(', ')}}`;
}

/** `sum by (a, b) (x)`; `sum(x)` without labels. */
export function sumBy(labels: readonly string[], expression: string): string {
  return labels.length === 0
    ? `sum(${expression})`
    : `sum by (${labels.join(', ')}) (${expression})`;
}

/** Calls a second of a histogram, classic or native: one of the two is there. */
export function callRate(
  histogram: string,
  matchers: Matchers,
  labels: readonly string[],
  range: string,
): string {
  const classic = sumBy(labels, `rate(${selector(`${histogram}_count`, matchers)}[${range}])`);
  const native = sumBy(labels, `histogram_count(rate(${selector(histogram, matchers)}[${range}]))`);
  return `${classic} or ${native}`;
}

/** Seconds a second that the calls of a histogram took, classic or native. */
export function timeRate(
  histogram: string,
  matchers: Matchers,
  labels: readonly string[],
  range: string,
): string {
  const classic = sumBy(labels, `rate(${selector(`${histogram}_sum`, matchers)}[${range}])`);
  const native = sumBy(labels, `histogram_sum(rate(${selector(histogram, matchers)}[${range}]))`);
  return `${classic} or ${native}`;
}

/** Calls a second that took at most so many seconds, classic or native. */
export function fastRate(
  histogram: string,
  matchers: Matchers,
  labels: readonly string[],
  seconds: number,
  range: string,
): string {
  const bound = `le="${canonicalNumber(seconds)}"`;
  const classic = sumBy(
    labels,
    `rate(${selector(`${histogram}_bucket`, [...matchers, bound])}[${range}])`,
  );
  const rate = `rate(${selector(histogram, matchers)}[${range}])`;
  const native = sumBy(
    labels,
    `histogram_fraction(0, ${seconds}, ${rate}) * histogram_count(${rate})`,
  );
  return `${classic} or ${native}`;
}

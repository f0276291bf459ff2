/** A sample's value: the shortest text that reads back as the same number. */
export function valueText(value: number): string {
  if (value - value === 0) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/**
 * A number as it stands in the labels `le` and `quantile`: Go's `%g` with `.0` appended to what
 * would otherwise look like an integer. It is what OpenMetrics asks for and Prometheus 3 stores, so
 * that a bucket has one spelling only.
 *
 * @example
 * canonicalNumber(1) // '1.0'
 * canonicalNumber(1e6) // '1e+06'
 * canonicalNumber(Infinity) // '+Inf'
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/#considerations-canonical-numbers
 */
export function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) return valueText(value);
  if (value === 0) return '0.0';
  const [mantissa = '', exponentText = ''] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 6) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** The number that a decimal or an infinity in text form stands for; anything else is NaN. */
export function parseNumber(text: string): number {
  if (DECIMAL.test(text)) return Number(text);
  const infinite = INFINITE.exec(text);
  if (infinite === null) return NaN;
  return infinite[1] === '-' ? -Infinity : Infinity;
}

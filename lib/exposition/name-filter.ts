import { openMetricsFamilyName } from './openmetrics-format.js';
import type { FamilyType } from './prepared-family.js';

/**
 * A test of sample names for one family: `undefined` when no name was asked for, or when the whole
 * family was asked for by its name (that of a counter with or without `_total`).
 *
 * @param names the names that were asked for, of families or of samples
 * @example
 * sampleFilter('http_seconds', 'histogram', new Set(['http_seconds'])) // undefined: all samples
 * sampleFilter('http_seconds', 'histogram', new Set(['http_seconds_count'])) // the counts alone
 */
export function sampleFilter(
  name: string,
  type: FamilyType,
  names: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  if (names === undefined || names.has(name) || names.has(openMetricsFamilyName(name, type))) {
    return undefined;
  }
  return names;
}

import type { Pace } from '../core/pace.js';
import { SUM } from '../metrics/layout.js';
import { boundLabelOf, openMetricsName, sampleNamesOf, type FamilyType } from '../metrics/names.js';
import type { SeriesFamily } from './family.js';
import type { Format, PreparedFamily } from './format.js';
import type { LabelPart } from './label-part.js';

/** How many series are looked at between two looks at the clock. */
const STRIDE = 64;

export interface PrepareOptions {
  readonly format: Format;
  readonly names: ReadonlySet<string> | undefined;
  readonly defaultLabels: readonly LabelPart[];
}

/** `undefined` when none of the family's samples was asked for. */
export async function prepareSeriesFamily(
  family: SeriesFamily,
  { format, names, defaultLabels }: PrepareOptions,
  pace: Pace,
): Promise<PreparedFamily | undefined> {
  const { name, help, type, labelNames } = family;
  const allNames = sampleNamesOf(name, type).filter(
    (sample) => type !== 'summary' || sample !== name || (family.percentiles ?? []).length > 0,
  );
  const filter = sampleFilter(name, type, names);
  const sampleNames = filter === undefined ? allNames : allNames.filter((each) => filter.has(each));
  if (sampleNames.length === 0) return undefined;
  const extraLabels = defaultLabels.filter(
    (label) => label.name !== boundLabelOf(type) && !labelNames.includes(label.name),
  );
  const keepsType =
    format.allows(name, type) &&
    (format.asks === 'anything' ||
      (sampleNames.length === allNames.length &&
        (format.asks === 'whole' || (await areValuesValid(family, pace)))));
  return { name, help, type, sampleNames, keepsType, content: { family, extraLabels } };
}

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
  if (names === undefined || names.has(name) || names.has(openMetricsName(name, type))) {
    return undefined;
  }
  return names;
}

/**
 * Whether OpenMetrics lets the type have these values: no negative or NaN counts and sums, no sum
 * beside negative bounds, quantiles between 0 and 1.
 */
async function areValuesValid(family: SeriesFamily, pace: Pace): Promise<boolean> {
  const { type, bounds = [], percentiles = [], series } = family;
  if (type === 'gauge') return true;
  if (type === 'histogram' && bounds.length > 0 && !((bounds[0] as number) >= 0)) return false;
  if (!percentiles.every((quantile) => quantile >= 0 && quantile <= 1)) return false;
  for (let index = 0; index < series.length; index++) {
    const one = series.at(index);
    // The sum of a histogram or a summary stands where a counter has its value.
    if (one !== undefined && !((one.values[one.offset + SUM] as number) >= 0)) return false;
    if (index % STRIDE === STRIDE - 1 && pace.isOver) await pace.rest();
  }
  return true;
}

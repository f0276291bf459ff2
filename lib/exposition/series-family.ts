import type { LabelPart } from './default-labels.js';
import type { SeriesFamily, SeriesView } from './family.js';
import type { Format } from './format.js';
import { sampleFilter } from './name-filter.js';
import { boundLabelOf, sampleNamesOf } from './names.js';
import type { Pace } from '../core/pace.js';
import type { Lines, PreparedFamily } from './prepared-family.js';
import { seriesWriter } from './series-lines.js';

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
  const extraLabels = defaultLabels
    .filter((label) => label.name !== boundLabelOf(type) && !labelNames.includes(label.name))
    .map(({ text }) => text)
    .join(',');
  const native =
    format.allows(name, type) &&
    (!format.strict ||
      (sampleNames.length === allNames.length && (await areValuesValid(family, pace))));
  return {
    name,
    help,
    type,
    sampleNames,
    native,
    lines: (wanted) => seriesLines(family, wanted, extraLabels),
  };
}

function seriesLines(family: SeriesFamily, names: ReadonlySet<string>, extraLabels: string): Lines {
  const write = seriesWriter(family, names, extraLabels);
  const { series } = family;
  return {
    get length() {
      return series.length;
    },
    text(index) {
      const one = series.at(index);
      return one === undefined ? '' : write(one);
    },
  };
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
    const { values, offset } = series.at(index) as SeriesView;
    // The value of a counter, the sum of the others.
    if (!((values[offset] as number) >= 0)) return false;
    if (index % STRIDE === STRIDE - 1 && pace.isOver) await pace.rest();
  }
  return true;
}

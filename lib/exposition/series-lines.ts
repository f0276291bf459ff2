import type { SeriesFamily, SeriesView } from './family.js';
import { canonicalNumber, valueText } from './number-text.js';

/** Writes all wanted lines of one series. */
export type SeriesWriter = (series: SeriesView) => string;

/**
 * @param family whose series are written
 * @param names sample names that are wanted
 * @param extraLabels labels that follow those of each series, escaped and without braces
 */
export function seriesWriter(
  family: SeriesFamily,
  names: ReadonlySet<string>,
  extraLabels: string,
): SeriesWriter {
  switch (family.type) {
    case 'histogram':
      return histogramWriter(family, names, extraLabels);
    case 'summary':
      return summaryWriter(family, names, extraLabels);
    default:
      return ({ labelText, values, offset }) =>
        sampleLine(family.name, joined(labelText, extraLabels), values[offset] as number);
  }
}

/** The series' buckets are counted up here, so that `+Inf` and `_count` are equal by nature. */
function histogramWriter(
  { name, bounds = [] }: SeriesFamily,
  names: ReadonlySet<string>,
  extraLabels: string,
): SeriesWriter {
  const tails = Array.from(bounds, (bound) => `le="${canonicalNumber(bound)}"} `);
  tails.push('le="+Inf"} ');
  const [bucketName, sumName, countName] = [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  const withBuckets = names.has(bucketName);
  const withSum = names.has(sumName);
  const withCount = names.has(countName);
  return ({ labelText, values, offset }) => {
    const labels = joined(labelText, extraLabels);
    const head = flat(labels === '' ? `${bucketName}{` : `${bucketName}{${labels},`);
    let lines = '';
    let count = 0;
    for (let bucket = 0; bucket < tails.length; bucket++) {
      count += values[offset + 1 + bucket] as number;
      if (withBuckets) lines += head + tails[bucket] + count + '\n';
    }
    if (withSum) lines += sampleLine(sumName, labels, values[offset] as number);
    if (withCount) lines += sampleLine(countName, labels, count);
    return lines;
  };
}

function summaryWriter(
  { name, percentiles = [] }: SeriesFamily,
  names: ReadonlySet<string>,
  extraLabels: string,
): SeriesWriter {
  const tails = percentiles.map((quantile) => `quantile="${canonicalNumber(quantile)}"} `);
  const [sumName, countName] = [`${name}_sum`, `${name}_count`];
  const withQuantiles = names.has(name);
  const withSum = names.has(sumName);
  const withCount = names.has(countName);
  return ({ labelText, values, offset, sketch }) => {
    const labels = joined(labelText, extraLabels);
    let lines = '';
    if (withQuantiles && sketch !== undefined) {
      const head = labels === '' ? `${name}{` : `${name}{${labels},`;
      const quantiles = sketch.quantiles(percentiles);
      for (const [index, tail] of tails.entries()) {
        lines += `${head}${tail}${valueText(quantiles[index] ?? NaN)}\n`;
      }
    }
    if (withSum) lines += sampleLine(sumName, labels, values[offset] as number);
    if (withCount) lines += sampleLine(countName, labels, values[offset + 1] as number);
    return lines;
  };
}

/**
 * The same text, held by V8 in one piece instead of as a tree of the texts that it was put together
 * from. What is repeated in every line of a label set is then copied at once: 10,000 label sets of
 * 14 buckets take 35 ms instead of 45 ms (shortest of 21 interleaved runs).
 *
 * @param text does not begin with a NUL character; the test cannot be left out by the compiler
 */
function flat(text: string): string {
  return text.charCodeAt(0) === 0 ? '' : text;
}

function joined(labels: string, extraLabels: string): string {
  return labels === '' || extraLabels === '' ? labels + extraLabels : `${labels},${extraLabels}`;
}

function sampleLine(name: string, labels: string, value: number): string {
  return labels === ''
    ? `${name} ${valueText(value)}\n`
    : `${name}{${labels}} ${valueText(value)}\n`;
}

import { BUCKETS, COUNT, SUM, VALUE } from '../metrics/layout.js';
import type { SeriesFamily, SeriesView, SeriesViews } from './family.js';
import type { BlockWriter, SeriesContent } from './format.js';
import { canonicalNumber, valueText } from './number-text.js';
import type { Sink } from './sink.js';

/** All wanted lines of one series. */
type Lines = (series: SeriesView) => string;

/** Writes the lines of a family of the store. */
export class SeriesBlock implements BlockWriter {
  readonly #series: SeriesViews;
  readonly #lines: Lines;
  readonly #sink: Sink;

  /** @param names sample names that are wanted */
  constructor({ family, extraLabels }: SeriesContent, names: ReadonlySet<string>, sink: Sink) {
    this.#series = family.series;
    this.#lines = linesOf(family, names, extraLabels.map(({ text }) => text).join(','));
    this.#sink = sink;
  }

  get length(): number {
    return this.#series.length;
  }

  write(index: number): void {
    const series = this.#series.at(index);
    if (series !== undefined) this.#sink.text(this.#lines(series));
  }

  end(): void {}
}

/** @param extraLabels labels that follow those of each series, escaped and without braces */
function linesOf(family: SeriesFamily, names: ReadonlySet<string>, extraLabels: string): Lines {
  switch (family.type) {
    case 'histogram':
      return histogramLines(family, names, extraLabels);
    case 'summary':
      return summaryLines(family, names, extraLabels);
    default:
      return ({ labelText, values, offset }) =>
        sampleLine(family.name, joined(labelText, extraLabels), values[offset + VALUE] as number);
  }
}

/** The series' buckets are counted up here, so that `+Inf` and `_count` are equal by nature. */
function histogramLines(
  { name, bounds = [] }: SeriesFamily,
  names: ReadonlySet<string>,
  extraLabels: string,
): Lines {
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
      count += values[offset + BUCKETS + bucket] as number;
      if (withBuckets) lines += head + tails[bucket] + count + '\n';
    }
    if (withSum) lines += sampleLine(sumName, labels, values[offset + SUM] as number);
    if (withCount) lines += sampleLine(countName, labels, count);
    return lines;
  };
}

function summaryLines(
  { name, percentiles = [] }: SeriesFamily,
  names: ReadonlySet<string>,
  extraLabels: string,
): Lines {
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
    if (withSum) lines += sampleLine(sumName, labels, values[offset + SUM] as number);
    if (withCount) lines += sampleLine(countName, labels, values[offset + COUNT] as number);
    return lines;
  };
}

/**
 * The same text, held by V8 in one piece instead of as a tree of the texts that it was put together
 * from, so that what is repeated in every line of a label set is copied at once.
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

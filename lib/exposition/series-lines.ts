import type { Exemplar } from '../metrics/exemplars.js';
import { BUCKETS, COUNT, SUM, VALUE } from '../metrics/layout.js';
import { bucketExemplars, exemplarText } from './exemplar.js';
import type { SeriesFamily, SeriesView, SeriesViews } from './family.js';
import type { BlockWriter, SeriesContent } from './format.js';
import { canonicalNumber, valueText } from './number-text.js';
import type { Sink } from './sink.js';

/** All wanted lines of one series. */
type Lines = (series: SeriesView) => string;

/** What differs between the text formats. */
export interface LineOptions {
  /** Sample names that are wanted. */
  readonly names: ReadonlySet<string>;
  readonly exemplars: boolean;
  /** Whether a histogram without classic buckets has one up to `+Inf`. */
  readonly infinity: boolean;
}

/** Writes the lines of a family of the store. */
export class SeriesBlock implements BlockWriter {
  readonly #series: SeriesViews;
  readonly #lines: Lines;
  readonly #sink: Sink;

  constructor({ family, extraLabels }: SeriesContent, options: LineOptions, sink: Sink) {
    this.#series = family.series;
    this.#lines = linesOf(family, options, extraLabels.map(({ text }) => text).join(','));
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
function linesOf(family: SeriesFamily, options: LineOptions, extraLabels: string): Lines {
  switch (family.type) {
    case 'histogram':
      return histogramLines(family, options, extraLabels);
    case 'summary':
      return summaryLines(family, options, extraLabels);
    default:
      return (series) => {
        const value = series.values[series.offset + VALUE] as number;
        const line = sampleLine(family.name, joined(series.labelText, extraLabels), value);
        const exemplar = options.exemplars ? series.exemplars?.[0] : undefined;
        return exemplar === undefined ? line : withExemplar(line, exemplar);
      };
  }
}

/** The series' buckets are counted up here, so that `+Inf` and `_count` are equal by nature. */
function histogramLines(
  { name, bounds = [], native }: SeriesFamily,
  { names, exemplars, infinity }: LineOptions,
  extraLabels: string,
): Lines {
  const tails = Array.from(bounds, (bound) => `le="${canonicalNumber(bound)}"} `);
  tails.push('le="+Inf"} ');
  const [bucketName, sumName, countName] = [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  const hasBuckets = native === undefined || bounds.length > 0 || infinity;
  const withBuckets = hasBuckets && names.has(bucketName);
  const withSum = names.has(sumName);
  const withCount = names.has(countName);
  return (series) => {
    const { labelText, values, offset } = series;
    const examples =
      exemplars && withBuckets ? bucketExemplars(series.exemplars, bounds.length) : undefined;
    const labels = joined(labelText, extraLabels);
    const head = flat(labels === '' ? `${bucketName}{` : `${bucketName}{${labels},`);
    let lines = '';
    let count = 0;
    for (let bucket = 0; bucket < tails.length; bucket++) {
      count += values[offset + BUCKETS + bucket] as number;
      if (!withBuckets) continue;
      lines += head + tails[bucket] + count + '\n';
      const exemplar = examples?.[bucket];
      if (exemplar !== undefined) lines = withExemplar(lines, exemplar);
    }
    if (withSum) lines += sampleLine(sumName, labels, values[offset + SUM] as number);
    if (withCount) lines += sampleLine(countName, labels, count);
    return lines;
  };
}

/** @param lines that end with the one that has the exemplar */
function withExemplar(lines: string, exemplar: Exemplar): string {
  return `${lines.slice(0, -1)}${exemplarText(exemplar)}\n`;
}

function summaryLines(
  { name, percentiles = [] }: SeriesFamily,
  { names }: LineOptions,
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

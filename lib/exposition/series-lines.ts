import type { Exemplar } from '../metrics/exemplars.js';
import { COUNT, SUM, VALUE } from '../metrics/layout.js';
import { exemplarText } from './exemplar.js';
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

/** Writes the lines of a counter, gauge or summary of the store. */
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

/** Two label sets as one, escaped and without braces. */
export function joined(labels: string, extraLabels: string): string {
  return labels === '' || extraLabels === '' ? labels + extraLabels : `${labels},${extraLabels}`;
}

function sampleLine(name: string, labels: string, value: number): string {
  return labels === ''
    ? `${name} ${valueText(value)}\n`
    : `${name}{${labels}} ${valueText(value)}\n`;
}

import { COUNT, SUM } from '../metrics/layout.js';
import type { SeriesView, SeriesViews } from './family.js';
import type { BlockWriter, SeriesContent } from './format.js';
import { canonicalNumber, valueText } from './number-text.js';
import { joined, sampleLine, type LineOptions } from './series-lines.js';
import type { Sink } from './sink.js';

/** Writes the lines of a summary of the store. */
export class SummaryBlock implements BlockWriter {
  readonly #name: string;
  readonly #series: SeriesViews;
  readonly #percentiles: readonly number[];
  /** Of each quantile, what stands between the other labels and its value. */
  readonly #tails: readonly string[];
  readonly #extraLabels: string;
  readonly #names: ReadonlySet<string>;
  readonly #sumName: string;
  readonly #countName: string;
  readonly #sink: Sink;

  constructor({ family, extraLabels }: SeriesContent, { names }: LineOptions, sink: Sink) {
    const { name, percentiles = [], series } = family;
    this.#name = name;
    this.#series = series;
    this.#percentiles = percentiles;
    this.#tails = percentiles.map((quantile) => `quantile="${canonicalNumber(quantile)}"} `);
    this.#extraLabels = extraLabels.map(({ text }) => text).join(',');
    this.#names = names;
    this.#sumName = `${name}_sum`;
    this.#countName = `${name}_count`;
    this.#sink = sink;
  }

  get length(): number {
    return this.#series.length;
  }

  write(index: number): void {
    const series = this.#series.at(index);
    if (series === undefined) return;
    const { labelText, values, offset } = series;
    const labels = joined(labelText, this.#extraLabels);
    let lines = this.#names.has(this.#name) ? this.#quantileLines(series, labels) : '';
    if (this.#names.has(this.#sumName)) {
      lines += sampleLine(this.#sumName, labels, values[offset + SUM] as number);
    }
    if (this.#names.has(this.#countName)) {
      lines += sampleLine(this.#countName, labels, values[offset + COUNT] as number);
    }
    this.#sink.text(lines);
  }

  end(): void {}

  #quantileLines({ sketch }: SeriesView, labels: string): string {
    if (sketch === undefined) return '';
    const head = labels === '' ? `${this.#name}{` : `${this.#name}{${labels},`;
    const quantiles = sketch.quantiles(this.#percentiles);
    let lines = '';
    for (let i = 0; i < quantiles.length; i++) {
      lines += `${head}${this.#tails[i]}${valueText(quantiles[i] ?? NaN)}\n`;
    }
    return lines;
  }
}

import { COUNT, SUM } from '../metrics/layout.js';
import type { SeriesView } from './family.js';
import type { SeriesContent } from './format.js';
import { canonicalNumber, valueText } from './number-text.js';
import { sampleLine, SeriesBlock, type LineOptions } from './series-lines.js';
import type { Sink } from './sink.js';

/** Writes the lines of a summary of the store. */
export class SummaryBlock extends SeriesBlock {
  readonly #percentiles: readonly number[];
  /** Of each quantile, what stands between the other labels and its value. */
  readonly #tails: readonly string[];
  readonly #names: ReadonlySet<string>;
  readonly #sumName: string;
  readonly #countName: string;

  constructor(content: SeriesContent, { names }: LineOptions, sink: Sink) {
    super(content, sink);
    const { percentiles = [] } = content.family;
    this.#percentiles = percentiles;
    this.#tails = percentiles.map((quantile) => `quantile="${canonicalNumber(quantile)}"} `);
    this.#names = names;
    this.#sumName = `${this.name}_sum`;
    this.#countName = `${this.name}_count`;
  }

  protected lines(series: SeriesView, labels: string): string {
    const { values, offset } = series;
    let lines = this.#names.has(this.name) ? this.#quantileLines(series, labels) : '';
    if (this.#names.has(this.#sumName)) {
      lines += sampleLine(this.#sumName, labels, values[offset + SUM] as number);
    }
    if (this.#names.has(this.#countName)) {
      lines += sampleLine(this.#countName, labels, values[offset + COUNT] as number);
    }
    return lines;
  }

  #quantileLines({ sketch }: SeriesView, labels: string): string {
    if (sketch === undefined) return '';
    const head = labels === '' ? `${this.name}{` : `${this.name}{${labels},`;
    const quantiles = sketch.quantiles(this.#percentiles);
    let lines = '';
    for (let i = 0; i < quantiles.length; i++) {
      lines += `${head}${this.#tails[i]}${valueText(quantiles[i] ?? NaN)}\n`;
    }
    return lines;
  }
}

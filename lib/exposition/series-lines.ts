import type { SeriesView, SeriesViews } from './family.js';
import type { BlockWriter, SeriesContent } from './format.js';
import { valueText } from './number-text.js';
import type { Sink } from './sink.js';

/** What differs between the text formats. */
export interface LineOptions {
  /** Sample names that are wanted. */
  readonly names: ReadonlySet<string>;
  readonly exemplars: boolean;
  /** Whether a histogram without classic buckets has one up to `+Inf`. */
  readonly infinity: boolean;
}

/** Writes a metric of the store whose label sets have few lines each. */
export abstract class SeriesBlock implements BlockWriter {
  protected readonly name: string;
  readonly #series: SeriesViews;
  readonly #extraLabels: string;
  readonly #sink: Sink;

  constructor({ family, extraLabels }: SeriesContent, sink: Sink) {
    this.name = family.name;
    this.#series = family.series;
    this.#extraLabels = extraLabels.map(({ text }) => text).join(',');
    this.#sink = sink;
  }

  get length(): number {
    return this.#series.length;
  }

  write(index: number): void {
    const series = this.#series.at(index);
    if (series === undefined) return;
    this.#sink.text(this.lines(series, joined(series.labelText, this.#extraLabels)));
  }

  end(): void {}

  /**
   * All wanted lines of one series.
   *
   * @param labels escaped and without braces
   */
  protected abstract lines(series: SeriesView, labels: string): string;
}

/** Two label sets as one, escaped and without braces. */
export function joined(labels: string, extraLabels: string): string {
  return labels === '' || extraLabels === '' ? labels + extraLabels : `${labels},${extraLabels}`;
}

/** @param labels escaped and without braces */
export function sampleLine(name: string, labels: string, value: number): string {
  return labels === ''
    ? `${name} ${valueText(value)}\n`
    : `${name}{${labels}} ${valueText(value)}\n`;
}

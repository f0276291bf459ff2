import { VALUE } from '../metrics/layout.js';
import { exemplarText } from './exemplar.js';
import type { SeriesViews } from './family.js';
import type { BlockWriter, SeriesContent } from './format.js';
import { joined, sampleLine, type LineOptions } from './series-lines.js';
import type { Sink } from './sink.js';

/** Writes the lines of a counter or a gauge of the store. */
export class ValueBlock implements BlockWriter {
  readonly #name: string;
  readonly #series: SeriesViews;
  readonly #extraLabels: string;
  readonly #exemplars: boolean;
  readonly #sink: Sink;

  constructor({ family, extraLabels }: SeriesContent, { exemplars }: LineOptions, sink: Sink) {
    this.#name = family.name;
    this.#series = family.series;
    this.#extraLabels = extraLabels.map(({ text }) => text).join(',');
    this.#exemplars = exemplars;
    this.#sink = sink;
  }

  get length(): number {
    return this.#series.length;
  }

  write(index: number): void {
    const series = this.#series.at(index);
    if (series === undefined) return;
    const { values, offset, labelText } = series;
    const labels = joined(labelText, this.#extraLabels);
    const line = sampleLine(this.#name, labels, values[offset + VALUE] as number);
    const exemplar = this.#exemplars ? series.exemplars?.[0] : undefined;
    this.#sink.text(
      exemplar === undefined ? line : `${line.slice(0, -1)}${exemplarText(exemplar)}\n`,
    );
  }

  end(): void {}
}

import { VALUE } from '../metrics/layout.js';
import { exemplarText } from './exemplar.js';
import type { SeriesView } from './family.js';
import type { SeriesContent } from './format.js';
import { sampleLine, SeriesBlock, type LineOptions } from './series-lines.js';
import type { Sink } from './sink.js';

/** Writes the lines of a counter or a gauge of the store. */
export class ValueBlock extends SeriesBlock {
  readonly #exemplars: boolean;

  constructor(content: SeriesContent, { exemplars }: LineOptions, sink: Sink) {
    super(content, sink);
    this.#exemplars = exemplars;
  }

  protected lines({ values, offset, exemplars }: SeriesView, labels: string): string {
    const line = sampleLine(this.name, labels, values[offset + VALUE] as number);
    const exemplar = this.#exemplars ? exemplars?.[0] : undefined;
    return exemplar === undefined ? line : `${line.slice(0, -1)}${exemplarText(exemplar)}\n`;
  }
}

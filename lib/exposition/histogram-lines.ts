import { BUCKETS, SUM } from '../metrics/layout.js';
import { bucketExemplars, exemplarText } from './exemplar.js';
import type { SeriesView, SeriesViews } from './family.js';
import type { BlockWriter, SeriesContent } from './format.js';
import { LabelBytes, type LabelViews } from './label-bytes.js';
import { canonicalNumber } from './number-text.js';
import { joined, type LineOptions } from './series-lines.js';
import type { Sink } from './sink.js';

const LINE_FEED = Buffer.from('\n');
const AFTER_LABELS = Buffer.from('} ');
const WITHOUT_LABELS = Buffer.from(' ');

/**
 * Writes the lines of a histogram of the store.
 *
 * A label set has so many lines that its labels are turned into bytes once, and these are copied.
 */
export class HistogramBlock implements BlockWriter {
  readonly #series: SeriesViews;
  readonly #sink: Sink;
  readonly #extraLabels: string;
  readonly #exemplars: boolean;
  readonly #labels: LabelBytes;
  readonly #bounds: number;
  /** Of each bucket, what stands between its labels and its value. */
  readonly #tails: readonly Uint8Array[] | undefined;
  readonly #sumName: Uint8Array | undefined;
  readonly #countName: Uint8Array | undefined;

  constructor({ family, extraLabels }: SeriesContent, options: LineOptions, sink: Sink) {
    const { name, bounds = [], native, series } = family;
    const { names, exemplars, infinity } = options;
    const [bucketName, sumName, countName] = [`${name}_bucket`, `${name}_sum`, `${name}_count`];
    const hasBuckets = native === undefined || bounds.length > 0 || infinity;
    this.#series = series;
    this.#sink = sink;
    this.#extraLabels = extraLabels.map(({ text }) => text).join(',');
    this.#exemplars = exemplars;
    this.#labels = new LabelBytes(`${bucketName}{`);
    this.#bounds = bounds.length;
    const tails = [...Array.from(bounds), Infinity].map(canonicalNumber);
    if (hasBuckets && names.has(bucketName)) {
      this.#tails = tails.map((bound) => Buffer.from(`le="${bound}"} `));
    }
    if (names.has(sumName)) this.#sumName = Buffer.from(sumName);
    if (names.has(countName)) this.#countName = Buffer.from(countName);
  }

  get length(): number {
    return this.#series.length;
  }

  write(index: number): void {
    const series = this.#series.at(index);
    if (series === undefined) return;
    const labels = this.#labels.of(joined(series.labelText, this.#extraLabels));
    const count = this.#buckets(series, labels.head);
    const sum = series.values[series.offset + SUM] as number;
    if (this.#sumName !== undefined) this.#line(this.#sumName, labels, sum);
    if (this.#countName !== undefined) this.#line(this.#countName, labels, count);
  }

  end(): void {}

  /** The buckets are counted up here, so that `+Inf` and `_count` are equal by nature. */
  #buckets(series: SeriesView, head: Uint8Array): number {
    const { values, offset } = series;
    const sink = this.#sink;
    const tails = this.#tails;
    const bounds = this.#bounds;
    const exemplars =
      this.#exemplars && tails !== undefined
        ? bucketExemplars(series.exemplars, bounds)
        : undefined;
    let count = 0;
    for (let bucket = 0; bucket <= bounds; bucket++) {
      count += values[offset + BUCKETS + bucket] as number;
      if (tails === undefined) continue;
      sink.copy(head);
      sink.copy(tails[bucket] as Uint8Array);
      sink.value(count);
      const exemplar = exemplars?.[bucket];
      if (exemplar !== undefined) sink.text(exemplarText(exemplar));
      sink.copy(LINE_FEED);
    }
    return count;
  }

  #line(name: Uint8Array, { labels }: LabelViews, value: number): void {
    const sink = this.#sink;
    sink.copy(name);
    if (labels.length === 1) {
      sink.copy(WITHOUT_LABELS);
    } else {
      sink.copy(labels);
      sink.copy(AFTER_LABELS);
    }
    sink.value(value);
    sink.copy(LINE_FEED);
  }
}

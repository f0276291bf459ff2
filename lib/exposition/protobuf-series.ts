import { BUCKETS, COUNT, SUM, VALUE } from '../metrics/layout.js';
import type { SeriesFamily, SeriesView, SeriesViews } from './family.js';
import type { Block, SeriesContent } from './format.js';
import type { LabelPart } from './label-part.js';
import { canonicalNumber } from './number-text.js';
import type { ProtobufBytes } from './protobuf-bytes.js';
import { HistogramWriter } from './protobuf-histogram.js';
import {
  GAUGE,
  LABEL,
  METRIC,
  SUMMARY,
  UNTYPED,
  writeCounter,
  writeLabel,
  writeLabels,
  writeQuantile,
  writeSumAndCount,
  writeTime,
  writeValue,
  UNKNOWN_TIME,
  type MetricsWriter,
  type SeriesWriter,
} from './protobuf-parts.js';

/** The field of `Summary`. */
const SUMMARY_CREATED = 4;

/** Writes a family of the store. */
export function seriesMetrics(content: SeriesContent, { type, names }: Block): MetricsWriter {
  const { family, extraLabels } = content;
  if (type !== 'unknown') return new SeriesMetrics(content);
  return untypedMetrics(family, family.series, extraLabels, [...names][0] ?? '');
}

// Classes, not functions that are made for each body: see `keptWriters`.
class SeriesMetrics implements MetricsWriter {
  readonly #family: SeriesFamily;
  readonly #series: SeriesViews;
  readonly #extraLabels: readonly LabelPart[];
  readonly #writer: SeriesWriter;

  constructor({ family, extraLabels }: SeriesContent) {
    this.#family = family;
    this.#series = family.series;
    this.#extraLabels = extraLabels;
    this.#writer = writerFor(family);
  }

  get length(): number {
    return this.#series.length;
  }

  write(index: number, bytes: ProtobufBytes): void {
    const series = this.#series.at(index);
    if (series === undefined) return;
    const before = bytes.length;
    this.#writer.write(bytes, series);
    writeSeriesLabels(bytes, this.#family, series, this.#extraLabels);
    bytes.close(METRIC, before);
  }
}

function writeSeriesLabels(
  bytes: ProtobufBytes,
  { labelNames }: SeriesFamily,
  { labelValues }: SeriesView,
  extraLabels: readonly LabelPart[],
): void {
  writeLabels(bytes, LABEL, extraLabels);
  for (let i = labelNames.length - 1; i >= 0; i--) {
    writeLabel(bytes, LABEL, labelNames[i] as string, labelValues[i] as string);
  }
}

function writerFor(family: SeriesFamily): SeriesWriter {
  switch (family.type) {
    case 'counter':
      return COUNTER_WRITER;
    case 'gauge':
      return GAUGE_WRITER;
    case 'histogram':
      return new HistogramWriter(family);
    case 'summary':
      return new SummaryWriter(family);
  }
}

const COUNTER_WRITER: SeriesWriter = {
  write(bytes, { values, offset, exemplars, createdAt = UNKNOWN_TIME }) {
    writeCounter(bytes, values[offset + VALUE] as number, exemplars?.[0], createdAt);
  },
};

const GAUGE_WRITER: SeriesWriter = {
  write(bytes, { values, offset }) {
    writeValue(bytes, GAUGE, values[offset + VALUE] as number);
  },
};

class SummaryWriter implements SeriesWriter {
  readonly #percentiles: readonly number[];

  constructor({ percentiles = [] }: SeriesFamily) {
    this.#percentiles = percentiles;
  }

  write(
    bytes: ProtobufBytes,
    { values, offset, sketch, createdAt = UNKNOWN_TIME }: SeriesView,
  ): void {
    const before = bytes.length;
    writeTime(bytes, SUMMARY_CREATED, createdAt);
    const quantiles = sketch?.quantiles(this.#percentiles) ?? [];
    for (let i = quantiles.length - 1; i >= 0; i--) {
      writeQuantile(bytes, this.#percentiles[i] as number, quantiles[i] as number);
    }
    writeSumAndCount(bytes, values[offset + SUM] as number, values[offset + COUNT] as number);
    bytes.close(SUMMARY, before);
  }
}

/** The samples of one name, each a message of its own. */
function untypedMetrics(
  family: SeriesFamily,
  series: SeriesViews,
  extraLabels: readonly LabelPart[],
  name: string,
): MetricsWriter {
  const samples = samplesOf(family, name);
  return {
    get length() {
      return series.length;
    },
    write(index, bytes) {
      const one = series.at(index);
      if (one === undefined) return;
      for (const { label, bound, value } of samples(one).toReversed()) {
        const before = bytes.length;
        writeValue(bytes, UNTYPED, value);
        if (label !== undefined) writeLabel(bytes, LABEL, label, canonicalNumber(bound));
        writeSeriesLabels(bytes, family, one, extraLabels);
        bytes.close(METRIC, before);
      }
    },
  };
}

interface UntypedSample {
  /** `le` or `quantile`. */
  readonly label?: string | undefined;
  readonly bound: number;
  readonly value: number;
}

function only(value: number): UntypedSample[] {
  return [{ bound: NaN, value }];
}

function samplesOf(
  { name: family, type, bounds = [], native, percentiles = [] }: SeriesFamily,
  name: string,
): (series: SeriesView) => UntypedSample[] {
  if (type === 'summary' && name === family) {
    return ({ sketch }) =>
      (sketch?.quantiles(percentiles) ?? []).map((value, i) => {
        return { label: 'quantile', bound: percentiles[i] as number, value };
      });
  }
  if (name === `${family}_sum`) return ({ values, offset }) => only(values[offset + SUM] as number);
  if (type === 'summary') return ({ values, offset }) => only(values[offset + COUNT] as number);
  if (type !== 'histogram') return ({ values, offset }) => only(values[offset + VALUE] as number);
  const hasBuckets = native === undefined || bounds.length > 0;
  return ({ values, offset }) => {
    let count = 0;
    const buckets = [...Array.from(bounds), Infinity].map((bound, i) => {
      count += values[offset + BUCKETS + i] as number;
      return { label: 'le', bound, value: count };
    });
    if (name === `${family}_count`) return only(count);
    return hasBuckets ? buckets : [];
  };
}

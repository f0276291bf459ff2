import { BUCKETS, COUNT, SUM, VALUE } from '../metrics/layout.js';
import { bucketExemplars } from './exemplar.js';
import type { SeriesFamily, SeriesView, SeriesViews } from './family.js';
import type { Block, SeriesContent } from './format.js';
import type { LabelPart } from './label-part.js';
import { canonicalNumber } from './number-text.js';
import type { ProtobufBytes } from './protobuf-bytes.js';
import { NativeWriter } from './protobuf-native.js';
import {
  GAUGE,
  HISTOGRAM,
  LABEL,
  SUMMARY,
  UNTYPED,
  writeBucket,
  writeCounter,
  writeExemplar,
  writeLabel,
  writeLabels,
  writeQuantile,
  writeSumAndCount,
  writeTime,
  writeValue,
  type MetricsWriter,
} from './protobuf-parts.js';

/** Fields of `Histogram`. */
const HISTOGRAM_CREATED = 15;
const EXEMPLARS = 16;

/** The field of `Summary`. */
const SUMMARY_CREATED = 4;

const UNKNOWN_TIME = NaN;

/** Writes the content of a message for a series, without its labels. */
type Write = (bytes: ProtobufBytes, series: SeriesView) => void;

/** Writes a family of the store. */
export function seriesMetrics(
  { family, extraLabels }: SeriesContent,
  { type, names }: Block,
): MetricsWriter {
  const { series } = family;
  if (type === 'unknown') return untypedMetrics(family, series, extraLabels, [...names][0] ?? '');
  const write = writerFor(family);
  return {
    get length() {
      return series.length;
    },
    write(index, bytes, end) {
      const one = series.at(index);
      if (one === undefined) return;
      write(bytes, one);
      writeSeriesLabels(bytes, family, one, extraLabels);
      end();
    },
  };
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

function writerFor(family: SeriesFamily): Write {
  switch (family.type) {
    case 'counter':
      return (bytes, { values, offset, exemplars, createdAt = UNKNOWN_TIME }) =>
        writeCounter(bytes, values[offset + VALUE] as number, exemplars?.[0], createdAt);
    case 'gauge':
      return (bytes, { values, offset }) =>
        writeValue(bytes, GAUGE, values[offset + VALUE] as number);
    case 'histogram':
      return histogramWriter(family);
    case 'summary':
      return summaryWriter(family);
  }
}

function summaryWriter({ percentiles = [] }: SeriesFamily): Write {
  return (bytes, { values, offset, sketch, createdAt = UNKNOWN_TIME }) => {
    const before = bytes.length;
    writeTime(bytes, SUMMARY_CREATED, createdAt);
    const quantiles = sketch?.quantiles(percentiles) ?? [];
    for (let i = quantiles.length - 1; i >= 0; i--) {
      writeQuantile(bytes, percentiles[i] as number, quantiles[i] as number);
    }
    writeSumAndCount(bytes, values[offset + SUM] as number, values[offset + COUNT] as number);
    bytes.close(SUMMARY, before);
  };
}

function histogramWriter({ bounds = [], native }: SeriesFamily): Write {
  const nativeWriter = native === undefined ? undefined : new NativeWriter(native.zeroThreshold);
  const { length } = bounds;
  return (bytes, series) => {
    const { values, offset, createdAt = UNKNOWN_TIME } = series;
    const exemplars = bucketExemplars(series.exemplars, length);
    const before = bytes.length;
    if (native !== undefined && exemplars !== undefined) writeNativeExemplars(bytes, series);
    writeTime(bytes, HISTOGRAM_CREATED, createdAt);
    nativeWriter?.write(bytes, series, values[offset + BUCKETS + length + 1] as number);
    let count = 0;
    for (let bucket = 0; bucket <= length; bucket++) {
      count += values[offset + BUCKETS + bucket] as number;
    }
    let below = count;
    for (let bucket = length; bucket >= 0; bucket--) {
      const exemplar = exemplars?.[bucket];
      // The last bucket is known by the count of all, and is there for its exemplar.
      if (bucket < length) writeBucket(bytes, bounds[bucket] as number, below, exemplar);
      else if (exemplar !== undefined) writeBucket(bytes, Infinity, below, exemplar);
      below -= values[offset + BUCKETS + bucket] as number;
    }
    writeSumAndCount(bytes, values[offset + SUM] as number, count);
    bytes.close(HISTOGRAM, before);
  };
}

function writeNativeExemplars(bytes: ProtobufBytes, { exemplars = [] }: SeriesView): void {
  for (const exemplar of exemplars.toReversed()) writeExemplar(bytes, EXEMPLARS, exemplar);
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
    write(index, bytes, end) {
      const one = series.at(index);
      if (one === undefined) return;
      for (const { label, bound, value } of samples(one).toReversed()) {
        writeValue(bytes, UNTYPED, value);
        if (label !== undefined) writeLabel(bytes, LABEL, label, canonicalNumber(bound));
        writeSeriesLabels(bytes, family, one, extraLabels);
        end();
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

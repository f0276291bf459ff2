import { checkedExemplar } from './exemplar.js';
import type { SeriesView } from './family.js';
import type { LabelPart } from './label-part.js';
import type { ProtobufBytes } from './protobuf-bytes.js';

/**
 * What messages of families of the store and of client metrics have in common. All is written from
 * its end, see `ProtobufBytes`.
 */

/** Fields of `Metric`. */
export const LABEL = 1;
export const GAUGE = 2;
export const COUNTER = 3;
export const SUMMARY = 4;
export const UNTYPED = 5;
export const HISTOGRAM = 7;

/** The field of `MetricFamily`. */
export const METRIC = 4;

/**
 * Writes the label sets of a family, each as a message `Metric`, or as several: a sample without a
 * type has one of its own.
 */
export interface MetricsWriter {
  readonly length: number;
  write(index: number, bytes: ProtobufBytes): void;
}

/** Writes the content of a message for a series, without its labels. */
export interface SeriesWriter {
  write(bytes: ProtobufBytes, series: SeriesView): void;
}

/** When a series was made, where that is not known. */
export const UNKNOWN_TIME = NaN;

/** The field of all messages that hold one value. */
const VALUE = 1;

/** An empty label is left out: it is one that is not set. */
export function writeLabel(bytes: ProtobufBytes, field: number, name: string, value: string): void {
  if (value !== '') bytes.pair(field, name, value);
}

export function writeLabels(
  bytes: ProtobufBytes,
  field: number,
  labels: readonly LabelPart[],
): void {
  for (let i = labels.length - 1; i >= 0; i--) {
    const { name, value } = labels[i] as LabelPart;
    writeLabel(bytes, field, name, value);
  }
}

/** A gauge, or a sample without a type. */
export function writeValue(bytes: ProtobufBytes, field: number, value: number): void {
  const before = bytes.length;
  bytes.double(VALUE, value);
  bytes.close(field, before);
}

/** @param createdAt milliseconds since the epoch; NaN when it is not known */
export function writeCounter(
  bytes: ProtobufBytes,
  value: number,
  exemplar: unknown,
  createdAt: number,
): void {
  const before = bytes.length;
  writeTime(bytes, 3, createdAt);
  writeExemplar(bytes, 2, exemplar);
  bytes.double(VALUE, value);
  bytes.close(COUNTER, before);
}

export function writeBucket(
  bytes: ProtobufBytes,
  bound: number,
  count: number,
  exemplar: unknown,
): void {
  if (exemplar == null) {
    bytes.countAndDouble(3, count, bound);
    return;
  }
  const before = bytes.length;
  writeExemplar(bytes, 3, exemplar);
  bytes.double(2, bound);
  bytes.unsigned(1, count);
  bytes.close(3, before);
}

export function writeQuantile(bytes: ProtobufBytes, quantile: number, value: number): void {
  const before = bytes.length;
  bytes.double(2, value);
  bytes.double(1, quantile);
  bytes.close(3, before);
}

/** The beginning of histograms and summaries. */
export function writeSumAndCount(bytes: ProtobufBytes, sum: number, count: number): void {
  bytes.double(2, sum);
  bytes.unsigned(1, count);
}

/** An exemplar that is missing or not valid is left out. */
export function writeExemplar(bytes: ProtobufBytes, field: number, given: unknown): void {
  if (given == null) return;
  const exemplar = checkedExemplar(given);
  if (exemplar === undefined) return;
  const before = bytes.length;
  writeTime(bytes, 3, (exemplar.timestamp ?? NaN) * 1000);
  bytes.double(2, exemplar.value);
  writeLabels(bytes, 1, exemplar.labels);
  bytes.close(field, before);
}

/** @param milliseconds since the epoch; nothing is written for what is no such time */
export function writeTime(bytes: ProtobufBytes, field: number, milliseconds: number): void {
  if (!(milliseconds >= 0 && milliseconds < Infinity)) return;
  const before = bytes.length;
  const seconds = Math.floor(milliseconds / 1000);
  const nanos = Math.min(999_999_999, Math.round((milliseconds - seconds * 1000) * 1e6));
  if (nanos > 0) bytes.unsigned(2, nanos);
  bytes.unsigned(1, seconds);
  bytes.close(field, before);
}

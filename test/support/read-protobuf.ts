import protobuf from 'protobufjs';

/** `io.prometheus.client`, written down from its documentation: field names, types and numbers. */
const SCHEMA = `
syntax = "proto2";
message LabelPair { optional string name = 1; optional string value = 2; }
enum MetricType { COUNTER = 0; GAUGE = 1; SUMMARY = 2; UNTYPED = 3; HISTOGRAM = 4; }
message Timestamp { optional int64 seconds = 1; optional int32 nanos = 2; }
message Exemplar { repeated LabelPair label = 1; optional double value = 2; optional Timestamp timestamp = 3; }
message Gauge { optional double value = 1; }
message Counter { optional double value = 1; optional Exemplar exemplar = 2; optional Timestamp created_timestamp = 3; }
message Quantile { optional double quantile = 1; optional double value = 2; }
message Summary { optional uint64 sample_count = 1; optional double sample_sum = 2; repeated Quantile quantile = 3; optional Timestamp created_timestamp = 4; }
message Untyped { optional double value = 1; }
message Bucket { optional uint64 cumulative_count = 1; optional double upper_bound = 2; optional Exemplar exemplar = 3; }
message BucketSpan { optional sint32 offset = 1; optional uint32 length = 2; }
message Histogram {
  optional uint64 sample_count = 1; optional double sample_sum = 2; repeated Bucket bucket = 3;
  optional sint32 schema = 5; optional double zero_threshold = 6; optional uint64 zero_count = 7;
  repeated BucketSpan negative_span = 9; repeated sint64 negative_delta = 10;
  repeated BucketSpan positive_span = 12; repeated sint64 positive_delta = 13;
  optional Timestamp created_timestamp = 15; repeated Exemplar exemplars = 16;
}
message Metric {
  repeated LabelPair label = 1; optional Gauge gauge = 2; optional Counter counter = 3; optional Summary summary = 4;
  optional Untyped untyped = 5; optional Histogram histogram = 7;
}
message MetricFamily {
  optional string name = 1; optional string help = 2; optional MetricType type = 3; repeated Metric metric = 4; optional string unit = 5;
}`;

const TYPE = protobuf.parse(SCHEMA, { keepCase: false }).root.lookupType('MetricFamily');

export interface ReadTimestamp {
  readonly seconds?: number;
  readonly nanos?: number;
}

export interface ReadExemplar {
  readonly label: readonly { readonly name: string; readonly value: string }[];
  readonly value: number;
  readonly timestamp?: ReadTimestamp;
}

export interface ReadSpan {
  readonly offset: number;
  readonly length: number;
}

export interface ReadHistogram {
  readonly sampleCount: number;
  readonly sampleSum: number;
  readonly bucket: readonly {
    readonly cumulativeCount: number;
    readonly upperBound: number;
    readonly exemplar?: ReadExemplar;
  }[];
  readonly schema?: number;
  readonly zeroThreshold?: number;
  readonly zeroCount?: number;
  readonly negativeSpan: readonly ReadSpan[];
  readonly negativeDelta: readonly number[];
  readonly positiveSpan: readonly ReadSpan[];
  readonly positiveDelta: readonly number[];
  readonly createdTimestamp?: ReadTimestamp;
  readonly exemplars: readonly ReadExemplar[];
}

export interface ReadMetric {
  readonly label: readonly { readonly name: string; readonly value: string }[];
  readonly gauge?: { readonly value: number };
  readonly untyped?: { readonly value: number };
  readonly counter?: {
    readonly value: number;
    readonly exemplar?: ReadExemplar;
    readonly createdTimestamp?: ReadTimestamp;
  };
  readonly summary?: {
    readonly sampleCount: number;
    readonly sampleSum: number;
    readonly quantile: readonly { readonly quantile: number; readonly value: number }[];
    readonly createdTimestamp?: ReadTimestamp;
  };
  readonly histogram?: ReadHistogram;
}

export interface ReadProtobufFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'COUNTER' | 'GAUGE' | 'SUMMARY' | 'UNTYPED' | 'HISTOGRAM';
  readonly metric: readonly ReadMetric[];
  readonly unit: string;
}

export interface FlatSample {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly value: number;
}

/** Decodes delimited messages with a library. @throws for a message that is not valid */
export function readProtobuf(body: Uint8Array): ReadProtobufFamily[] {
  const reader = protobuf.Reader.create(body);
  const families: ReadProtobufFamily[] = [];
  while (reader.pos < reader.len) {
    const message = TYPE.decodeDelimited(reader);
    const options = { longs: Number, enums: String, arrays: true };
    const family = TYPE.toObject(message, options) as Partial<ReadProtobufFamily>;
    families.push({ name: '', help: '', type: 'COUNTER', metric: [], unit: '', ...family });
  }
  return families;
}

/** The samples that Prometheus makes of a family. */
export function samplesOfProtobuf({ name, metric }: ReadProtobufFamily): FlatSample[] {
  return metric.flatMap((one) => {
    const labels = Object.fromEntries(one.label.map((label) => [label.name, label.value]));
    const { counter, gauge, untyped, summary, histogram } = one;
    const single = counter ?? gauge ?? untyped;
    if (single !== undefined) return [{ name, labels, value: single.value }];
    const { sampleSum = NaN, sampleCount = NaN } = summary ?? histogram ?? {};
    const totals = [
      { name: `${name}_sum`, labels, value: sampleSum },
      { name: `${name}_count`, labels, value: sampleCount },
    ];
    const quantiles = (summary?.quantile ?? []).map(({ quantile, value }) => {
      return { name, labels: { ...labels, quantile: canonical(quantile) }, value };
    });
    const given = histogram?.bucket ?? [];
    const infinite = { upperBound: Infinity, cumulativeCount: sampleCount };
    const isClassic =
      histogram !== undefined && (given.length > 0 || histogram.schema === undefined);
    const buckets =
      isClassic && given.at(-1)?.upperBound !== Infinity ? [...given, infinite] : given;
    const counts = buckets.map(({ upperBound, cumulativeCount }) => {
      const le = canonical(upperBound);
      return { name: `${name}_bucket`, labels: { ...labels, le }, value: cumulativeCount };
    });
    return [...quantiles, ...counts, ...totals];
  });
}

/** The counts of exponential buckets by their indexes. */
export function bucketsOfSpans(
  spans: readonly ReadSpan[],
  deltas: readonly number[],
): Map<number, number> {
  const buckets = new Map<number, number>();
  let [index, count, read] = [0, 0, 0];
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length; i++) {
      count += deltas[read++] as number;
      buckets.set(index++, count);
    }
  }
  if (read !== deltas.length) throw new Error('spans and deltas differ in length');
  return buckets;
}

/** Milliseconds since the epoch. */
export function millisecondsOf({ seconds = 0, nanos = 0 }: ReadTimestamp): number {
  return seconds * 1000 + nanos / 1e6;
}

/** As Go writes it, with `.0` after what looks like a whole number. */
function canonical(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (Number.isNaN(value)) return 'NaN';
  if (value === 0) return '0.0';
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

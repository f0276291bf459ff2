import { sampleNamesOf } from '../metrics/names.js';
import type { CheckedSample, LabelSetSamples } from './checked-samples.js';
import type { Block, SampleContent } from './format.js';
import type { ProtobufBytes } from './protobuf-bytes.js';
import {
  GAUGE,
  HISTOGRAM,
  LABEL,
  METRIC,
  SUMMARY,
  UNTYPED,
  writeBucket,
  writeCounter,
  writeLabels,
  writeQuantile,
  writeSumAndCount,
  writeValue,
  type MetricsWriter,
} from './protobuf-parts.js';

/** Writes the content of a message for the samples of a label set that fit the family's type. */
type Write = (bytes: ProtobufBytes, samples: readonly CheckedSample[]) => void;

/** Writes a client metric. */
export function sampleMetrics({ labelSets }: SampleContent, block: Block): MetricsWriter {
  const { length } = labelSets;
  const write = typedWriter(block);
  if (write === undefined) return untypedMetrics(labelSets, block.names);
  return {
    length,
    write(index, bytes) {
      const { labels, samples } = labelSets[index] as LabelSetSamples;
      const before = bytes.length;
      write(bytes, samples);
      writeLabels(bytes, LABEL, labels);
      bytes.close(METRIC, before);
    },
  };
}

function untypedMetrics(
  labelSets: readonly LabelSetSamples[],
  names: ReadonlySet<string>,
): MetricsWriter {
  return {
    length: labelSets.length,
    write(index, bytes) {
      const { labels, samples } = labelSets[index] as LabelSetSamples;
      for (const { name, value, bound } of samples.toReversed()) {
        if (!names.has(name)) continue;
        const before = bytes.length;
        writeValue(bytes, UNTYPED, value);
        if (bound.label !== undefined) writeLabels(bytes, LABEL, [bound.label]);
        writeLabels(bytes, LABEL, labels);
        bytes.close(METRIC, before);
      }
    },
  };
}

/** Written from the end, so that what follows the buckets or quantiles is the first. */
function typedWriter({ type, name }: Block): Write | undefined {
  const [, sumName, countName] = sampleNamesOf(name, type);
  switch (type) {
    case 'counter':
      return (bytes, [sample]) => writeCounter(bytes, sample?.value ?? 0, sample?.exemplar, NaN);
    case 'gauge':
      return (bytes, [sample]) => writeValue(bytes, GAUGE, sample?.value ?? 0);
    case 'histogram':
    case 'summary':
      return (bytes, samples) => {
        const before = bytes.length;
        const isHistogram = type === 'histogram';
        let sum = 0;
        let count = 0;
        for (const sample of samples.toReversed()) {
          if (sample.name === sumName) sum = sample.value;
          else if (sample.name === countName) count = sample.value;
          else if (!isHistogram) writeQuantile(bytes, sample.bound.value, sample.value);
          else if (sample.bound.value < Infinity || sample.exemplar != null) {
            writeBucket(bytes, sample.bound.value, sample.value, sample.exemplar);
          }
        }
        writeSumAndCount(bytes, sum, count);
        bytes.close(isHistogram ? HISTOGRAM : SUMMARY, before);
      };
    default:
      return undefined;
  }
}

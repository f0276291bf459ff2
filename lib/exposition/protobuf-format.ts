import { sampleNamesOf, unitOf } from '../metrics/names.js';
import type { Block, BlockWriter, Format } from './format.js';
import { ProtobufBytes } from './protobuf-bytes.js';
import type { MetricsWriter } from './protobuf-parts.js';
import { sampleMetrics } from './protobuf-samples.js';
import { seriesMetrics } from './protobuf-series.js';
import type { Sink } from './sink.js';

/** The enumeration `MetricType`. */
const TYPES = { counter: 0, gauge: 1, summary: 2, unknown: 3, histogram: 4 } as const;

/** Fields of `MetricFamily`. */
const NAME = 1;
const HELP = 2;
const TYPE = 3;
const UNIT = 5;

/**
 * Delimited messages `io.prometheus.client.MetricFamily`: the one format that has native histograms
 * and start timestamps.
 *
 * @see https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 */
export const PROTOBUF_FORMAT: Format = {
  name: 'protobuf',
  contentType:
    'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
  asks: 'whole',
  allows: () => true,
  reservedNames: (name, type) => [...new Set([name, ...sampleNamesOf(name, type)])],
  begin: (block, sink) => new ProtobufBlock(block, sink),
  end: () => undefined,
};

/**
 * Writes a family, whose bytes are kept until its end because their number precedes them. From the
 * last label set to the first, see `ProtobufBytes`.
 */
class ProtobufBlock implements BlockWriter {
  readonly length: number;
  readonly #block: Block;
  readonly #sink: Sink;
  readonly #metrics: MetricsWriter;
  readonly #bytes = new ProtobufBytes();

  constructor(block: Block, sink: Sink) {
    this.#block = block;
    this.#sink = sink;
    this.#metrics =
      'family' in block.content
        ? seriesMetrics(block.content, block)
        : sampleMetrics(block.content, block);
    this.length = this.#metrics.length;
  }

  write(index: number): void {
    this.#metrics.write(this.length - 1 - index, this.#bytes);
  }

  end(): void {
    const bytes = this.#bytes;
    const { name, type, help } = this.#block;
    const unit = unitOf(name, type);
    if (unit !== '') bytes.text(UNIT, unit);
    bytes.unsigned(TYPE, TYPES[type]);
    if (help !== '') bytes.text(HELP, help);
    bytes.text(NAME, name);
    bytes.number(bytes.length);
    for (const chunk of bytes.takeAll()) this.#sink.bytes(chunk);
  }
}

import { Pace } from '../core/pace.js';
import { ChunkPool } from './chunk-pool.js';
import { CounterMetric } from '../metrics/counter.js';
import { GaugeMetric } from '../metrics/gauge.js';
import { HistogramMetric } from '../metrics/histogram.js';
import type { AnyMetric } from '../metrics/make-metric.js';
import { sampleNamesOf } from '../metrics/names.js';
import { SummaryMetric } from '../metrics/summary.js';
import type { Format } from './format.js';
import { PROTOBUF_FORMAT } from './protobuf-format.js';
import { renderExposition } from './render.js';
import { Sink } from './sink.js';
import { OPENMETRICS_FORMAT, TEXT_FORMAT } from './text-formats.js';

/**
 * One of each object that is made to write a body, for those who write bodies again and again.
 *
 * When V8 collects garbage in its whole heap and finds no object of a class, it throws away what it
 * has compiled for that class. Everything that a scrape makes is gone by then: without one that is
 * kept, the scrape which follows such a collection would begin in the interpreter, and take several
 * times as long. For the same reason, what writes label sets are methods of classes: V8 compiles for
 * the one function that it has seen, and a function that is made for each body is gone as well.
 */
export function keptWriters(): readonly unknown[] {
  const sink = new Sink(new ChunkPool());
  const kept: unknown[] = [new Pace(undefined), sink];
  for (const family of examples()) {
    for (const format of [TEXT_FORMAT, OPENMETRICS_FORMAT, PROTOBUF_FORMAT]) {
      kept.push(family.series, family.series.at(0), writerOf(family, format, sink));
    }
  }
  sink.flush();
  while (sink.take() !== undefined);
  kept.push(begunBody());
  return kept;
}

/** A body of which the first chunk was asked for: only then it has all that its loop needs. */
function begunBody(): unknown {
  const counter = new CounterMetric({ name: 'example', help: 'An example' });
  counter.labels([]).inc();
  const body = renderExposition([counter], { format: TEXT_FORMAT });
  void body.next();
  return body;
}

/** A writer that has written a label set: only then it has all that it needs. */
function writerOf(family: AnyMetric, format: Format, sink: Sink): unknown {
  const { name, help, type } = family;
  const names = new Set(sampleNamesOf(name, type));
  const content = { family, extraLabels: [] };
  const writer = format.begin({ name, help, type, names, content }, sink);
  writer.write(0);
  return writer;
}

function examples(): AnyMetric[] {
  const definition = { name: 'example', help: 'An example', labelNames: ['label'] };
  const buckets = [1];
  const native = { schema: 3, maxBuckets: 160, zeroThreshold: 0 };
  const counter = new CounterMetric(definition);
  const gauge = new GaugeMetric(definition);
  const histograms = [
    new HistogramMetric({ ...definition, buckets }),
    new HistogramMetric({ ...definition, buckets, native }),
  ];
  const summary = new SummaryMetric({ ...definition, percentiles: [0.5] });
  counter.labels(['value']).inc();
  gauge.labels(['value']).set(1);
  for (const each of [...histograms, summary]) each.labels(['value']).observe(2);
  return [counter, gauge, ...histograms, summary];
}

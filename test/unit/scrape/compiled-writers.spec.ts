import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Format } from '../../../lib/exposition/format.js';
import { HistogramBlock } from '../../../lib/exposition/histogram-lines.js';
import { PROTOBUF_FORMAT } from '../../../lib/exposition/protobuf-format.js';
import { NativeWriter } from '../../../lib/exposition/protobuf-native.js';
import { TEXT_FORMAT } from '../../../lib/exposition/text-formats.js';
import { ValueBlock } from '../../../lib/exposition/value-lines.js';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { DEFAULT_BUCKETS, HistogramMetric } from '../../../lib/metrics/histogram.js';
import type { AnyMetric } from '../../../lib/metrics/make-metric.js';
import { ScrapeService } from '../../../lib/scrape/scrape-service.js';

setFlagsFromString('--allow-natives-syntax');
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Of the bits that V8 gives. */
const OPTIMIZED = 1 << 4;

const statusOf = new Function('method', 'return %GetOptimizationStatus(method)') as (
  method: unknown,
) => number;

/** V8 optimizes when it thinks fit; on a busy machine that may be after thousands of scrapes. */
const compileOnNextCall = new Function(
  'method',
  '%PrepareFunctionForOptimization(method); %OptimizeFunctionOnNextCall(method)',
) as (method: unknown) => void;

function histogram(): AnyMetric {
  const native = { bucketFactor: 1.1, maxBuckets: 160, zeroThreshold: 0, classicBuckets: true };
  const definition = { name: 'h', help: 'H.', labelNames: ['path'], buckets: DEFAULT_BUCKETS };
  const metric = new HistogramMetric({ ...definition, native });
  for (let i = 0; i < 500; i++) metric.labels([`/${i}`]).observe(i / 100);
  return metric;
}

function counter(): AnyMetric {
  const metric = new CounterMetric({ name: 'c', help: 'C.', labelNames: ['path'] });
  for (let i = 0; i < 500; i++) metric.labels([`/${i}`]).inc(i);
  return metric;
}

// Otherwise the first scrape after each collection would take many times as long as the others.
it.each<[string, AnyMetric, Format, unknown]>([
  ['counters in text', counter(), TEXT_FORMAT, ValueBlock.prototype.write],
  ['histograms in text', histogram(), TEXT_FORMAT, HistogramBlock.prototype.write],
  ['histograms in protobuf', histogram(), PROTOBUF_FORMAT, NativeWriter.prototype.write],
])('what V8 has compiled for %s outlives a collection of all garbage', async (...row) => {
  const [, metric, format, write] = row;
  const source = {
    families: async function* () {
      yield metric;
    },
    defaultLabels: {},
  };
  const limits = { timeoutSeconds: 60, collectTimeoutSeconds: 60, maxBodyBytes: 1e9 };
  const observer = { failed: () => undefined, ended: () => undefined };
  const service = new ScrapeService(source, limits, observer);
  const isCompiled = (): boolean => (statusOf(write) & OPTIMIZED) !== 0;
  for (let scrapes = 0; scrapes < 100 && !isCompiled(); scrapes++) {
    if (scrapes % 10 === 9) compileOnNextCall(write);
    await service.scrape({ format });
  }
  expect(isCompiled()).toBe(true);
  collectGarbage();
  collectGarbage();
  expect(isCompiled()).toBe(true);
});

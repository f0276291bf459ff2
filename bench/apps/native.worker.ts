import { PROTOBUF_FORMAT } from '../../lib/exposition/protobuf-format.js';
import { keptWriters } from '../../lib/exposition/kept-writers.js';
import { renderExposition } from '../../lib/exposition/render.js';
import { TEXT_FORMAT } from '../../lib/exposition/text-formats.js';
import { DEFAULT_BUCKETS, HistogramMetric } from '../../lib/metrics/histogram.js';
import { answer } from '../support/worker.js';

const NATIVE = { bucketFactor: 1.1, maxBuckets: 160, zeroThreshold: 2 ** -128 };

const KINDS = {
  classic: undefined,
  native: { ...NATIVE, classicBuckets: false },
  both: { ...NATIVE, classicBuckets: true },
};

export type Kind = keyof typeof KINDS;

/** How a kind is scraped: native histograms are in protobuf alone. */
const FORMATS = { classic: TEXT_FORMAT, native: PROTOBUF_FORMAT, both: PROTOBUF_FORMAT };

/** Durations of a route vary by a factor of ten, from 3 ms in the fastest to 3 s in the slowest. */
const FACTORS = Array.from({ length: 4096 }, () => 10 ** Math.random());
const SCALES = Array.from({ length: 16 }, (_, i) => 10 ** (i / 8 - 2.5));
const scaleOf = (i: number): number => SCALES[i & 15] as number;

const path = (i: number): string => `/users/${i}/orders`;

function metricOf(kind: Kind): HistogramMetric {
  return new HistogramMetric({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'path', 'status'],
    lookupOrder: ['method', 'status', 'path'],
    maxSeries: Infinity,
    buckets: DEFAULT_BUCKETS,
    native: KINDS[kind],
  });
}

/** Records so often into each of so many label sets. */
function fill(metric: HistogramMetric, labelSets: number, observations: number): void {
  for (let i = 0; i < labelSets; i++) {
    const series = metric.labels(['GET', path(i), '200']);
    const scale = scaleOf(i);
    for (let n = 0; n < observations; n++) {
      series.observe(scale * (FACTORS[(i * observations + n) % FACTORS.length] as number));
    }
  }
}

function used(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Milliseconds of processor time that something takes. */
async function cpuOf(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** As an application has them. */
export const kept = keptWriters();

const KIND_NAMES = Object.keys(KINDS) as Kind[];
const metrics = new Map<Kind, HistogramMetric>();

async function scrape(kind: Kind): Promise<number> {
  let bytes = 0;
  const format = FORMATS[kind];
  for await (const chunk of renderExposition([metrics.get(kind) as HistogramMetric], { format })) {
    bytes += chunk.length;
  }
  return bytes;
}

const LABEL_SETS = Array.from({ length: 64 }, (_, i) => ['GET', path(i), '200']);

function recordLabelled(metric: HistogramMetric, times: number): void {
  for (let i = 0; i < times; i++) {
    const series = metric.labels(LABEL_SETS[i & 63] as string[]);
    series.observe(scaleOf(i & 63) * (FACTORS[i & 4095] as number));
  }
}

function recordKept(metric: HistogramMetric, times: number): void {
  const series = metric.labels(LABEL_SETS[0] as string[]);
  for (let i = 0; i < times; i++) series.observe(0.01 * (FACTORS[i & 4095] as number));
}

/** Answers are in the order of classic, native, both; what is timed is timed in turn. */
answer({
  fill: ({ labelSets, observations }: { labelSets: number; observations: number }) => {
    const [few, many]: [number[], number[]] = [[], []];
    for (const kind of KIND_NAMES) {
      const before = used();
      const metric = metricOf(kind);
      fill(metric, labelSets, 1);
      few.push((used() - before) / labelSets);
      fill(metric, labelSets, observations);
      many.push((used() - before) / labelSets);
      metrics.set(kind, metric);
    }
    return { few, many };
  },
  size: () => Promise.all(KIND_NAMES.map(scrape)),
  scrape: async () => {
    const times: number[] = [];
    for (const kind of KIND_NAMES) {
      globalThis.gc?.();
      times.push(await cpuOf(() => scrape(kind)));
    }
    return times;
  },
  record: async (times: number) => {
    const results: number[] = [];
    for (const record of [recordLabelled, recordKept]) {
      for (const kind of KIND_NAMES) {
        const metric = metrics.get(kind) as HistogramMetric;
        results.push(((await cpuOf(() => record(metric, times))) / times) * 1e6);
      }
    }
    return results;
  },
});

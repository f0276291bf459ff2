import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { renderExposition } from '../../lib/exposition/render.js';
import { TEXT_FORMAT } from '../../lib/exposition/text-formats.js';
import type { InjectedCounter } from '../../lib/injected/injected-counter.js';
import type { InjectedHistogram } from '../../lib/injected/injected-histogram.js';
import { makeInjected, type Injected } from '../../lib/injected/injected-metrics.js';
import { metricDeclaration } from '../../lib/injected/metric-declaration.js';
import { CounterMetric } from '../../lib/metrics/counter.js';
import { GaugeMetric } from '../../lib/metrics/gauge.js';
import { DEFAULT_BUCKETS, HistogramMetric } from '../../lib/metrics/histogram.js';
import { answer } from '../support/worker.js';

/** A metric with three labels that is filled and scraped. */
interface Filled {
  /** Records into label set number `i`. */
  record(i: number): void;
  scrape(): Promise<unknown>;
}

const name = 'http_request_duration_seconds';
const help = 'Duration of HTTP requests';
const labelNames = ['method', 'path', 'status'];
const lookupOrder = ['method', 'status', 'path'];
const buckets = [...DEFAULT_BUCKETS];
const maxSeries = 1e6;
const definition = { name, help, labelNames, lookupOrder, maxSeries };

const path = (i: number): string => `/users/${i}/orders`;

async function scrape(metric: CounterMetric | GaugeMetric | HistogramMetric): Promise<number> {
  let bytes = 0;
  for await (const chunk of renderExposition([metric], { format: TEXT_FORMAT })) {
    bytes += chunk.length;
  }
  return bytes;
}

const METRICS: Readonly<Record<string, () => Filled>> = {
  counter: () => {
    const metric = new CounterMetric(definition);
    return {
      record: (i) => metric.labels(['GET', path(i), '200']).inc(),
      scrape: () => scrape(metric),
    };
  },
  gauge: () => {
    const metric = new GaugeMetric(definition);
    return {
      record: (i) => metric.labels(['GET', path(i), '200']).set(i),
      scrape: () => scrape(metric),
    };
  },
  histogram: () => {
    const metric = new HistogramMetric({ ...definition, buckets });
    return {
      record: (i) => metric.labels(['GET', path(i), '200']).observe(i / 1000),
      scrape: () => scrape(metric),
    };
  },
  'injected counter': () => {
    const metric = injected('counter') as InjectedCounter;
    return {
      record: (i) => metric.inc({ method: 'GET', path: path(i), status: 200 }),
      scrape: () => scrape(metric.metric),
    };
  },
  'injected histogram': () => {
    const metric = injected('histogram') as InjectedHistogram;
    return {
      record: (i) => metric.observe({ method: 'GET', path: path(i), status: 200 }, i / 1000),
      scrape: () => scrape(metric.metric),
    };
  },
  'counter, prom-client': () => {
    const registry = new Registry();
    const metric = new Counter({ name, help, labelNames, registers: [registry] });
    return {
      record: (i) => metric.inc({ method: 'GET', path: path(i), status: 200 }),
      scrape: () => registry.metrics(),
    };
  },
  'gauge, prom-client': () => {
    const registry = new Registry();
    const metric = new Gauge({ name, help, labelNames, registers: [registry] });
    return {
      record: (i) => metric.set({ method: 'GET', path: path(i), status: 200 }, i),
      scrape: () => registry.metrics(),
    };
  },
  'histogram, prom-client': () => {
    const registry = new Registry();
    const metric = new Histogram({ name, help, labelNames, buckets, registers: [registry] });
    return {
      record: (i) => metric.observe({ method: 'GET', path: path(i), status: 200 }, i / 1000),
      scrape: () => registry.metrics(),
    };
  },
};

function injected(type: 'counter' | 'histogram'): Injected {
  const bounds = type === 'histogram' ? { buckets } : {};
  return makeInjected(metricDeclaration({ type, name, help, labelNames, ...bounds }));
}

/** Fills one metric. Argument: its name. Needs `--expose-gc`. */
const filled = (METRICS[process.argv[2] as string] as () => Filled)();

function used(): number {
  // Twice: what a collection lets go of can hold on to something else.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

answer({
  /** Bytes for each of so many label sets, before the first scrape and after it. */
  fill: async (labelSets: number) => {
    filled.record(0);
    await filled.scrape();
    const empty = used();
    for (let i = 1; i <= labelSets; i++) filled.record(i);
    const recorded = (used() - empty) / labelSets;
    await filled.scrape();
    return [recorded, (used() - empty) / labelSets];
  },
});

import { DEFAULT_BUCKETS } from '../../lib/metrics/histogram.js';
import { Registry } from 'prom-client';
import { callPlan, type CallPlan } from '../../lib/calls/call-plan.js';
import { MeasuredCall } from '../../lib/calls/measured-call.js';
import { makeInstrument } from '../../lib/calls/instrument.js';
import {
  Counter,
  Gauge,
  Histogram,
  specOf,
  Summary,
  type MetricDecorator,
} from '../../lib/decorators/metric.decorators.js';
import type { Exchange } from '../../lib/http/exchange.js';
import type { MetricContext } from '../../lib/options/metric-context.js';
import { ExporterMetrics } from '../../lib/registry/exporter-metrics.js';
import { OwnMetrics } from '../../lib/registry/own-metrics.js';
import { HELLO } from './hello.controller.js';

const labels = { status: ({ statusCode }: MetricContext) => statusCode };

/** The decorators of a handler, by their kind. */
export const DECORATORS = {
  '@Counter': () => [Counter('calls', 'Calls')],
  '@Gauge': () => [Gauge('calls', 'Calls in progress')],
  '@Histogram': () => [Histogram('calls', 'Seconds of calls')],
  '@Summary': () => [Summary('calls', 'Seconds of calls')],
  '@Summary with percentiles': () => [
    Summary('calls', 'Seconds of calls', { percentiles: [0.5, 0.99] }),
  ],
  '@Counter and @Histogram with a status label': () => [
    Counter('calls', 'Calls', { labels }),
    Histogram('calls_seconds', 'Seconds of calls', { labels }),
  ],
} satisfies Record<string, () => MetricDecorator[]>;

export type DecoratorKind = keyof typeof DECORATORS;

/** What the decorators do for one call of their handler, without Nest and rxjs. */
export function decoratorRecorder(kind: DecoratorKind, over: readonly Exchange[]) {
  const plan = planOf(DECORATORS[kind]());
  return (i: number): void => {
    const exchange = over[i % over.length] as Exchange;
    const call = new MeasuredCall(plan, { request: exchange.request });
    call.begin();
    call.next(HELLO);
    call.finalize();
    call.record(exchange.status, exchange.response);
  };
}

/** The metrics of decorators, on a registry of their own. */
export function planOf(decorators: readonly MetricDecorator[]): CallPlan {
  const registry = new OwnMetrics(new Registry());
  const exporter = new ExporterMetrics(registry, 'nestjs_', console.warn);
  const parts = {
    registry,
    exporter,
    defaultLabels: {},
    buckets: DEFAULT_BUCKETS,
    maxSeries: 2000,
  };
  const instruments = decorators.map((decorator) =>
    makeInstrument(specOf(decorator), 'Bench.handler', parts),
  );
  return callPlan(instruments) as CallPlan;
}

import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Counter, Histogram, Registry } from 'prom-client';
import { DefaultMetrics } from '../../lib/http/default-metrics.js';
import { Exchange } from '../../lib/http/exchange.js';
import { GenericPlatform } from '../../lib/http/platform.js';
import type { InjectedCounter } from '../../lib/injected/injected-counter.js';
import type { InjectedHistogram } from '../../lib/injected/injected-histogram.js';
import { makeInjected, type Injected } from '../../lib/injected/injected-metrics.js';
import { metricDeclaration } from '../../lib/injected/metric-declaration.js';
import { RequestTracker } from '../../lib/http/request-tracker.js';
import { CounterMetric } from '../../lib/metrics/counter.js';
import { DEFAULT_BUCKETS, HistogramMetric } from '../../lib/metrics/histogram.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { ExporterMetrics } from '../../lib/registry/exporter-metrics.js';
import { OwnMetrics } from '../../lib/registry/own-metrics.js';
import { METHOD_CALLS } from './method-recorders.js';
import { DECORATORS, decoratorRecorder, type DecoratorKind } from './decorator-recorders.js';

/** Records request number `i` of a loop. */
type Record = (i: number) => void;

/** As many different requests as are recorded in turn. */
const REQUESTS = 64;
const METHODS = ['GET', 'POST'];
const STATUSES = [200, 201, 404, 500];

const method = (i: number): string => METHODS[i % METHODS.length] as string;
const PATHS = Array.from({ length: REQUESTS / 2 }, (_, i) => `/users/${i}/orders`);
const path = (i: number): string => PATHS[i % PATHS.length] as string;
const status = (i: number): number => STATUSES[i % STATUSES.length] as number;
const SECONDS = [0.003, 0.04, 0.3, 12];
const seconds = (i: number): number => SECONDS[i % SECONDS.length] as number;

/** Node's objects of a request, without a connection. */
function messages(i: number): [IncomingMessage, ServerResponse] {
  const request = new IncomingMessage(SOCKET);
  request.method = method(i);
  // A new string each time, as the parser makes it: its hash is not known yet.
  request.url = (PATH_BYTES[i % PATHS.length] as Buffer).toString('latin1');
  request.httpVersionMajor = 1;
  const response = new ServerResponse(request);
  response.statusCode = status(i);
  // Node's server has one there.
  response.on('finish', onFinish);
  return [request, response];
}
function onFinish(): void {}
const PATH_BYTES = PATHS.map((text) => Buffer.from(text));
const SOCKET = new Socket();

/** The parts of an application's default metrics, without Nest. */
function defaultMetrics(): DefaultMetrics {
  const registry = new Registry();
  const options = resolveOptions({ registry, processMetrics: false }, { registry }, console.warn);
  const metrics = new OwnMetrics(registry);
  metrics.start();
  const parts = {
    ...options,
    registry: metrics,
    exporter: new ExporterMetrics(metrics, 'nestjs_', console.warn),
    platform: new GenericPlatform(),
    locate: () => undefined,
    isLeftOutEarly: () => false,
    isLeftOut: () => false,
    hasOptOuts: false,
    exemplars: undefined,
  };
  return new DefaultMetrics(parts, options.defaultMetrics);
}

/** Requests that are over. */
function exchanges(): Exchange[] {
  return Array.from({ length: REQUESTS }, (_, i) => {
    const exchange = new Exchange(...messages(i));
    // From then on it is over, and took these seconds.
    Object.assign(exchange, { startedAt: performance.now() - seconds(i) * 1000 });
    exchange.end(status(i), () => undefined);
    return exchange;
  });
}

const PROM_CLIENT_DURATION = {
  name: 'http_request_duration_seconds',
  help: 'Duration of HTTP requests',
  labelNames: ['method', 'path', 'status'],
  buckets: [...DEFAULT_BUCKETS],
};
const PROM_CLIENT_TOTAL = {
  name: 'http_request_total',
  help: 'HTTP requests',
  labelNames: ['method', 'status'],
};

/** What is compared: each makes the function that is run in a loop. */
export const RECORDERS = {
  /** The objects that `lifecycle` needs, so that they can be taken off its figures. */
  messages: (): Record => (i) => {
    messages(i)[1].emit('close');
  },
  lifecycle: (): Record => {
    const tracker = new RequestTracker(console.error);
    tracker.addRecorder(defaultMetrics());
    return (i) => {
      const [request, response] = messages(i);
      tracker.begin(request, response);
      response.emit('close');
    };
  },
  defaults: (): Record => {
    const metrics = defaultMetrics();
    const over = exchanges();
    for (const exchange of over) metrics.begin(exchange);
    return (i) => metrics.end(over[i % REQUESTS] as Exchange, false);
  },
  'defaults, prom-client': (): Record => {
    const registers = [new Registry()];
    const duration = new Histogram({ ...PROM_CLIENT_DURATION, registers });
    const total = new Counter({ ...PROM_CLIENT_TOTAL, registers });
    return (i) => {
      duration.observe({ method: method(i), path: path(i), status: status(i) }, seconds(i));
      total.inc({ method: method(i), status: status(i) });
    };
  },
  child: (): Record => {
    const labels = ['GET', '/users', '200'];
    const duration = new HistogramMetric({ ...PROM_CLIENT_DURATION }).labels(labels);
    const total = new CounterMetric(PROM_CLIENT_TOTAL).labels(['GET', '200']);
    return (i) => {
      duration.observe(seconds(i));
      total.inc();
    };
  },
  'child, prom-client': (): Record => {
    const registers = [new Registry()];
    const duration = new Histogram({ ...PROM_CLIENT_DURATION, registers });
    const total = new Counter({ ...PROM_CLIENT_TOTAL, registers });
    const durationChild = duration.labels('GET', '/users', '200');
    const totalChild = total.labels('GET', '200');
    return (i) => {
      durationChild.observe(seconds(i));
      totalChild.inc();
    };
  },
  injected: (): Record => {
    const duration = injected('histogram', PROM_CLIENT_DURATION) as InjectedHistogram;
    const total = injected('counter', PROM_CLIENT_TOTAL) as InjectedCounter;
    return (i) => {
      duration.observe({ method: method(i), path: path(i), status: status(i) }, seconds(i));
      total.inc({ method: method(i), status: status(i) });
    };
  },
  'injected, child': (): Record => {
    const duration = injected('histogram', PROM_CLIENT_DURATION) as InjectedHistogram;
    const total = injected('counter', PROM_CLIENT_TOTAL) as InjectedCounter;
    const durationChild = duration.labels('GET', '/users', '200');
    const totalChild = total.labels('GET', '200');
    return (i) => {
      durationChild.observe(seconds(i));
      totalChild.inc();
    };
  },
  ...METHOD_CALLS,
} satisfies { [name: string]: () => Record };

function injected(type: 'counter' | 'histogram', metric: typeof PROM_CLIENT_TOTAL): Injected {
  return makeInjected(metricDeclaration({ ...metric, type }));
}

export type RecorderName = keyof typeof RECORDERS | DecoratorKind;

/** The function that is run in a loop for a name. */
export function recorderOf(name: RecorderName): Record {
  return name in DECORATORS
    ? decoratorRecorder(name as DecoratorKind, exchanges())
    : RECORDERS[name as keyof typeof RECORDERS]();
}

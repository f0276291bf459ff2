import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Histogram, Registry, type OpenMetricsContentType } from 'prom-client';
import { PrometheusModule, PrometheusService } from '../../lib/index.js';
import { EXPORTER } from '../../lib/core/tokens.js';
import { DEFAULT_BUCKETS, HistogramMetric } from '../../lib/metrics/histogram.js';
import type { Exporter } from '../../lib/prometheus.exporter.js';
import { answer } from '../support/worker.js';
import { LoopCpu } from '../support/loop-cpu.js';

/** Serves a histogram. Arguments: whose endpoint, format, number of label sets. */
const [whose, format, count] = process.argv.slice(2) as [string, string, string];

const definition = {
  name: 'http_request_duration_seconds',
  help: 'Duration of HTTP requests',
  labelNames: ['method', 'path', 'status'],
  lookupOrder: ['method', 'status', 'path'],
  maxSeries: 1e6,
  buckets: [...DEFAULT_BUCKETS],
};

interface Contestant {
  readonly server: Server;
  /** Puts all metrics together to one string, for the application itself. */
  readonly generate: () => Promise<string>;
}

async function ours(): Promise<Contestant> {
  @Module({ imports: [PrometheusModule.forRoot({ processMetrics: false, exportDefaults: false })] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  const metric = app
    .get<Exporter>(EXPORTER, { strict: false })
    .metrics.use(new HistogramMetric(definition));
  for (let i = 0; i < Number(count); i++) {
    metric.labels(['GET', `/users/${i}/orders`, '200']).observe(i / 1000);
  }
  const generate = async (): Promise<string> => {
    const { body } = await app.get(PrometheusService).generateMetrics({ accept: 'text/plain' });
    return body;
  };
  return { server: app.getHttpServer() as Server, generate };
}

/** The registry's own text, sent by nothing but Node. */
async function theirs(): Promise<Contestant> {
  const registry = new Registry();
  if (format === 'OpenMetrics') {
    const { openMetricsContentType } = Registry as { openMetricsContentType?: string };
    registry.setContentType(
      (openMetricsContentType ??
        'application/openmetrics-text; version=1.0.0; charset=utf-8') as OpenMetricsContentType as never,
    );
  }
  const { name, help, labelNames, buckets } = definition;
  const metric = new Histogram({ name, help, labelNames, buckets, registers: [registry] });
  for (let i = 0; i < Number(count); i++) {
    metric.observe({ method: 'GET', path: `/users/${i}/orders`, status: '200' }, i / 1000);
  }
  const compress = promisify(gzip);
  const server = createServer((_request, response) => {
    void (async () => {
      const body = await registry.metrics();
      response.end(format === 'gzip' ? await compress(body) : body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, generate: () => registry.metrics() };
}

const { server, generate } = whose === 'library' ? await ours() : await theirs();
const delay = monitorEventLoopDelay({ resolution: 1 });
const cpu = new LoopCpu();

answer({
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
  /** @returns how many UTF-16 code units it has */
  generate: async () => (await generate()).length,
  /** CPU time that the process has used, in milliseconds. */
  used: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  collect: () => globalThis.gc?.(),
  /** Looks at the event loop from now on, which takes a fifth of the time of a scrape. */
  watch: () => {
    delay.reset();
    delay.enable();
    cpu.start();
  },
  /** The longest time that the event loop stood still since `watch`, in milliseconds. */
  stall: () => {
    delay.disable();
    return { wall: Math.max(0, delay.max / 1e6 - 1), cpu: cpu.stop() };
  },
  /** The most memory that the process ever had, in MiB. */
  peak: () => process.resourceUsage().maxRSS / 1024,
});

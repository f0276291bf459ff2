import { Controller, Get, Injectable } from '@nestjs/common';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
} from '@opentelemetry/sdk-trace-base';
import type { Histogram as ClientHistogram } from 'prom-client';
import { Counter, Histogram, InjectMetric, PrometheusModule } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import { spelled } from '../../support/path-syntax.js';
import { PrometheusServer } from '../../support/prometheus.js';
import { readProtobuf } from '../../support/read-protobuf.js';
import type { TestApp } from '../../support/test-app.js';
import { describeWithRealTools } from '../../support/with-real-tools.js';

const PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';

/** The growth from one bucket to the next at the default factor. */
const GROWTH = 2 ** (1 / 8);

@Controller('traced')
class TracedController {
  @Get()
  @Counter('traced_calls', 'Calls.')
  @Histogram('traced_seconds', 'Duration.')
  get(): string {
    return 'ok';
  }
}

@Injectable()
class Latencies {
  constructor(
    @InjectMetric('log_normal_seconds') readonly logNormal: ClientHistogram,
    @InjectMetric('bimodal_seconds') readonly bimodal: ClientHistogram,
    @InjectMetric('constant_seconds') readonly constant: ClientHistogram,
  ) {}
}

const DISTRIBUTIONS = ['log_normal', 'bimodal', 'constant'] as const;

const injected = PrometheusModule.forFeature(
  DISTRIBUTIONS.map((name) => ({
    type: 'histogram' as const,
    name: `${name}_seconds`,
    help: 'Latencies.',
  })),
);

/** The same numbers in each run. */
function seededRandom(): () => number {
  let state = 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function values(name: (typeof DISTRIBUTIONS)[number]): number[] {
  const random = seededRandom();
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const peak = (center: number): number => center * Math.exp(normal() * 0.1);
  return Array.from({ length: 2000 }, (_, i) => {
    if (name === 'constant') return 0.042;
    return name === 'bimodal' ? peak(i % 5 === 0 ? 2 : 0.01) : 0.05 * Math.exp(normal());
  });
}

function quantile(list: readonly number[], q: number): number {
  return [...list].sort((a, b) => a - b)[Math.ceil(q * list.length) - 1] as number;
}

async function protobufOf(app: TestApp): Promise<ReturnType<typeof readProtobuf>> {
  const response = await fetch(`${app.url}/metrics`, { headers: { accept: PROTOBUF } });
  expect(response.headers.get('content-type')).toMatch(/encoding=delimited$/);
  return readProtobuf(Buffer.from(await response.arrayBuffer()));
}

/** Spans for requests, as an instrumentation makes them. */
class Tracing {
  readonly #contexts = new AsyncLocalStorageContextManager().enable();
  readonly traceIds: string[] = [];

  constructor(isSampled: boolean) {
    const sampler = isSampled ? new AlwaysOnSampler() : new AlwaysOffSampler();
    context.setGlobalContextManager(this.#contexts);
    trace.setGlobalTracerProvider(new BasicTracerProvider({ sampler }));
  }

  readonly middleware = (_request: unknown, _response: unknown, next: () => void): void => {
    trace.getTracer('test').startActiveSpan('request', (span) => {
      this.traceIds.push(span.spanContext().traceId);
      next();
      span.end();
    });
  };

  stop(): void {
    this.#contexts.disable();
    context.disable();
    trace.disable();
  }
}

describe('exemplars', () => {
  onBothPlatforms(
    'are those of the sampled span in which the handler runs',
    async ({ start, cleanUp }) => {
      const tracing = new Tracing(true);
      cleanUp(() => tracing.stop());
      const app = await start({
        controllers: [TracedController],
        options: { exemplars: true, nativeHistograms: true },
        middleware: (consumer) => consumer.apply(tracing.middleware).forRoutes(spelled('{*path}')),
      });
      await app.get('/traced');
      await app.settled();
      const traceId = tracing.traceIds[0] as string;
      const { body } = await app.scrape({ accept: 'application/openmetrics-text' });
      const marked = body.split('\n').filter((line) => line.includes(`trace_id="${traceId}"`));
      expect(marked.map((line) => line.split('{')[0]?.split(' ')[0]).sort()).toEqual([
        'nestjs_http_request_duration_seconds_bucket',
        'nestjs_http_request_total',
        'traced_calls_total',
        'traced_seconds_bucket',
      ]);
      const families = await protobufOf(app);
      const duration = families.find(({ name }) => name === 'nestjs_http_request_duration_seconds');
      const [metric] = duration?.metric ?? [];
      expect(metric?.histogram).toMatchObject({ schema: 3, sampleCount: 1 });
      expect(metric?.histogram?.exemplars[0]?.label).toContainEqual({
        name: 'trace_id',
        value: traceId,
      });
    },
  );

  onBothPlatforms('are not those of a span that was not sampled', async ({ start, cleanUp }) => {
    const tracing = new Tracing(false);
    cleanUp(() => tracing.stop());
    const app = await start({
      controllers: [TracedController],
      options: { exemplars: true },
      middleware: (consumer) => consumer.apply(tracing.middleware).forRoutes(spelled('{*path}')),
    });
    await app.get('/traced');
    await app.settled();
    expect(tracing.traceIds).toHaveLength(1);
    const { body } = await app.scrape({ accept: 'application/openmetrics-text' });
    expect(body).not.toContain('trace_id');
  });

  onBothPlatforms(
    'are what a function gives, unless it is too long or throws',
    async ({ start }) => {
      let given: Record<string, string> | undefined;
      let isBroken = false;
      const app = await start({
        controllers: [TracedController],
        options: {
          exportDefaults: false,
          exemplars: () => {
            if (isBroken) throw new Error('no more');
            return given;
          },
        },
      });
      for (given of [{ request: 'r1' }, { request: 'x'.repeat(200) }, undefined, {}]) {
        await app.get('/traced');
        await app.settled();
      }
      isBroken = true;
      await app.get('/traced');
      await app.settled();
      const { body } = await app.scrape({ accept: 'application/openmetrics-text' });
      expect(body.match(/^traced_calls_total.*$/m)?.[0]).toMatch(
        /^traced_calls_total 5 # \{request="r1"\} 1 \d+/,
      );
    },
  );
});

describeWithRealTools('a real Prometheus', (tools) => {
  onBothPlatforms(
    'takes native histograms whose quantiles are right, and exemplars',
    async ({ start, cleanUp }) => {
      const tracing = new Tracing(true);
      cleanUp(() => tracing.stop());
      const app = await start({
        controllers: [TracedController],
        imports: [injected],
        providers: [Latencies],
        options: { exemplars: true, nativeHistograms: true },
        middleware: (consumer) => consumer.apply(tracing.middleware).forRoutes(spelled('{*path}')),
      });
      const { logNormal, bimodal, constant } = app.nest.get(Latencies);
      const metrics = { log_normal: logNormal, bimodal, constant };
      for (const name of DISTRIBUTIONS) {
        for (const value of values(name)) metrics[name].observe(value);
      }
      await app.get('/traced');
      await app.settled();
      const prometheus = await PrometheusServer.start(
        tools.prometheus,
        [{ job: 'app', target: `127.0.0.1:${app.port}` }],
        ['native-histograms', 'exemplar-storage'],
      );
      cleanUp(() => prometheus.stop());
      await prometheus.waitForScrapeAfter('app');
      expect(await prometheus.lastError('app')).toBe('');
      for (const name of DISTRIBUTIONS) {
        const list = values(name);
        expect(await prometheus.value(`histogram_count(${name}_seconds)`)).toBe(list.length);
        for (const q of [0.1, 0.5, 0.9, 0.99]) {
          const found = await prometheus.value(`histogram_quantile(${q}, ${name}_seconds)`);
          const truth = quantile(list, q);
          expect(found / truth).toBeLessThanOrEqual(GROWTH * 1.000_001);
          expect(truth / found).toBeLessThanOrEqual(GROWTH * 1.000_001);
        }
      }
      const kept = await prometheus.exemplars('nestjs_http_request_total');
      expect(kept.map((labels) => labels['trace_id'])).toContain(tracing.traceIds[0]);
    },
    60_000,
  );
});

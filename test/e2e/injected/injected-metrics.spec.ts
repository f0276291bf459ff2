import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { Counter, Histogram, Registry, type Gauge } from 'prom-client';
import {
  Counter as CountCalls,
  getMetricToken,
  InjectMetric,
  PrometheusModule,
  type CustomMetric,
} from '../../../lib/index.js';
import { injected } from '../../support/injected.js';
import { onBothPlatforms } from '../../support/harness.js';

@Injectable()
class QueueService {
  length = 3;
}

const JOBS: CustomMetric = {
  type: 'counter',
  name: 'jobs_total',
  help: 'Jobs',
  labelNames: ['queue'],
};

@Controller('jobs')
class JobsController {
  constructor(
    @InjectMetric('jobs_total') readonly jobs: Counter<'queue'>,
    @InjectMetric('job_seconds') readonly seconds: Histogram,
  ) {}

  @Get()
  run(): string {
    this.jobs.inc({ queue: 'mail' });
    this.seconds.observe(0.2);
    return 'done';
  }
}

@Module({ imports: [PrometheusModule.forFeature([JOBS])] })
class OtherModule {
  constructor(@InjectMetric('jobs_total') readonly jobs: Counter<'queue'>) {}
}

const feature = PrometheusModule.forFeature([
  JOBS,
  { type: 'histogram', name: 'job_seconds', help: 'Duration', buckets: [0.1, 1] },
]);

describe('forFeature', () => {
  onBothPlatforms('injects prom-client objects on the registry', async ({ start }) => {
    const app = await start({ imports: [feature], controllers: [JobsController] });
    const { jobs, seconds } = app.provider(JobsController);
    expect(jobs).toBeInstanceOf(Counter);
    expect(seconds).toBeInstanceOf(Histogram);
    await app.get('/jobs');
    await app.expectSample('jobs_total', { queue: 'mail' }, 1);
    await app.expectSample('job_seconds_bucket', { le: '1.0' }, 1);
    await app.expectSample('job_seconds_bucket', { le: '0.1' }, 0);
    expect(app.registry.getSingleMetric('jobs_total')).toBe(jobs);
  });

  onBothPlatforms('gives two modules one metric', async ({ start }) => {
    const app = await start({ imports: [feature, OtherModule], controllers: [JobsController] });
    app.provider(OtherModule).jobs.inc({ queue: 'mail' });
    await app.get('/jobs');
    await app.expectSample('jobs_total', { queue: 'mail' }, 2);
  });

  onBothPlatforms('hands injected providers to collect', async ({ start }) => {
    const collecting = PrometheusModule.forFeature([
      {
        type: 'gauge',
        name: 'queue_length',
        help: 'Jobs that wait',
        inject: [QueueService],
        collect(queue: QueueService): void {
          this.set(queue.length);
        },
      },
    ]);
    @Module({ providers: [QueueService], imports: [collecting] })
    class ShopModule {}
    const app = await start({ imports: [ShopModule] });
    await app.expectSample('queue_length', {}, 3);
    app.provider(QueueService).length = 5;
    await app.expectSample('queue_length', {}, 5);
  });

  onBothPlatforms('rejects a provider that no module has', async ({ start }) => {
    const collecting = PrometheusModule.forFeature([
      { type: 'gauge', name: 'queue_length', help: 'Jobs', inject: [QueueService], collect() {} },
    ]);
    await expect(start({ imports: [collecting] })).rejects.toThrow(
      /"queue_length" \(forFeature\): expected `inject`.*QueueService/,
    );
  });

  onBothPlatforms('serves two applications on one registry', async ({ start }) => {
    const registry = new Registry();
    const options = { registry, processMetrics: false };
    const metrics = { imports: [feature], controllers: [JobsController], options };
    const first = await start({ ...metrics, keeps: ['jobs_total', 'job_seconds'] });
    const second = await start(metrics);
    await first.get('/jobs');
    await second.get('/jobs');
    await second.expectSample('jobs_total', { queue: 'mail' }, 2);
  });

  onBothPlatforms('rejects a name with another definition', async ({ start }) => {
    const other = PrometheusModule.forFeature([{ ...JOBS, help: 'Other jobs' }]);
    await expect(start({ imports: [feature, other] })).rejects.toThrow(
      /"jobs_total" \(forFeature\) is declared already/,
    );
  });

  onBothPlatforms('rejects what clashes with a default metric', async ({ start }) => {
    const clashing = PrometheusModule.forFeature([
      { type: 'gauge', name: 'nestjs_http_request_duration_seconds_count', help: 'Clash' },
    ]);
    await expect(start({ imports: [clashing] })).rejects.toThrow(/clashes/);
  });

  onBothPlatforms('keeps a counter intact that is given no number', async ({ start }) => {
    const app = await start({ imports: [feature], controllers: [JobsController] });
    const { jobs } = app.provider(JobsController);
    for (const value of [NaN, '', -1, Infinity]) {
      expect(() => jobs.inc({ queue: 'mail' }, value as number)).toThrow();
    }
    const labels = { queue: 'mail' };
    jobs.inc(labels);
    labels.queue = 'changed';
    jobs.labels('mail').inc(2);
    await app.expectSample('jobs_total', { queue: 'mail' }, 3);
    await app.expectSum('jobs_total', {}, 3);
  });

  onBothPlatforms('appends _total to the name of a counter', async ({ start }) => {
    const named = PrometheusModule.forFeature([{ type: 'counter', name: 'mails', help: 'Mails' }]);
    const app = await start({ imports: [named] });
    await app.expectSample('mails_total', {}, 0);
  });
});

it.each<[string, CustomMetric, RegExp]>([
  ['name', { type: 'gauge', name: '1x', help: 'h' }, /1x/],
  ['help', { type: 'gauge', name: 'x', help: '' }, /help/],
  ['label', { type: 'gauge', name: 'x', help: 'h', labelNames: ['le'] }, /"le"|'le'/],
  ['buckets', { type: 'histogram', name: 'x', help: 'h', buckets: [2, 1] }, /buckets/],
])('rejects a wrong %s when the application starts', async (_, metric, message) => {
  const { NestFactory } = await import('@nestjs/core');
  class Root {}
  Module({
    imports: [
      PrometheusModule.forRoot({ registry: new Registry(), processMetrics: false }),
      PrometheusModule.forFeature([metric]),
    ],
  })(Root);
  const start = NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
  await expect(start).rejects.toThrow(message);
});

describe('an injected metric', () => {
  onBothPlatforms('is read with whatever numbers a gauge may have', async ({ start }) => {
    const gauges = PrometheusModule.forFeature([
      { type: 'gauge', name: 'level', help: 'Level', labelNames: ['of'] },
    ]);
    const app = await start({ imports: [gauges] });
    const level = app.provider<Gauge<'of'>>(getMetricToken('level'));
    level.set({ of: 'a' }, NaN);
    level.labels('b').set(-Infinity);
    level.set({ of: 'c' }, Infinity);
    await app.expectSample('level', { of: 'a' }, NaN);
    await app.expectSample('level', { of: 'b' }, -Infinity);
    await app.expectSample('level', { of: 'c' }, Infinity);
  });

  onBothPlatforms('is not there any more when it was removed', async ({ start }) => {
    const app = await start({ imports: [feature], controllers: [JobsController] });
    const { jobs, seconds } = app.provider(JobsController);
    const mail = jobs.labels('mail');
    mail.inc(5);
    jobs.inc({ queue: 'sms' }, 2);
    seconds.observe(1);
    await app.expectSum('jobs_total', {}, 7);
    jobs.remove('mail');
    await app.expectSum('jobs_total', {}, 2);
    mail.inc();
    await app.expectSample('jobs_total', { queue: 'mail' }, 1);
    jobs.reset();
    seconds.reset();
    expect((await app.exposition()).matching('jobs_total')).toEqual([]);
    await app.expectSample('job_seconds_count', {}, 0);
    mail.inc(3);
    await app.expectSample('jobs_total', { queue: 'mail' }, 3);
  });

  onBothPlatforms('keeps long label values apart, and counts what overflows', async ({ start }) => {
    const metrics = PrometheusModule.forFeature([
      { type: 'counter', name: 'visits', help: 'Visits', labelNames: ['page'] },
      { type: 'counter', name: 'few', help: 'Few', labelNames: ['page'], maxSeries: 3 },
    ]);
    const app = await start({ imports: [metrics] });
    const visits = app.provider<Counter<'page'>>(getMetricToken('visits'));
    const few = app.provider<Counter<'page'>>(getMetricToken('few'));
    const long = 'x'.repeat(300);
    visits.inc({ page: `${long}1` });
    visits.inc({ page: `${long}2` });
    await app.expectSample('visits_total', { page: `${long}1` }, 1);
    for (let i = 0; i < 3000; i++) visits.inc({ page: `${i}` });
    expect((await app.exposition()).matching('visits_total')).toHaveLength(3002);

    for (const page of ['a', 'b']) few.inc({ page });
    const third = few.labels('c');
    third.inc();
    third.inc();
    few.inc({ page: 'd' });
    await app.expectSample('few_total', { page: '_other' }, 3);
    await app.expectSample('nestjs_exporter_label_overflow_total', { metric: 'few_total' }, 3);
    few.remove('a');
    third.inc();
    await app.expectSample('few_total', { page: 'c' }, 1);
  });

  onBothPlatforms('is seen by readers of prom-client', async ({ start }) => {
    const app = await start({ imports: [feature], controllers: [JobsController] });
    const { jobs, seconds } = app.provider(JobsController);
    jobs.inc({ queue: 'mail' });
    seconds.observe(0.5);
    const text = await app.registry.metrics();
    expect(text).toContain('jobs_total{queue="mail"} 1');
    expect(text).toContain('job_seconds_bucket{le="1"} 1');
    const json = await app.registry.getMetricsAsJSON();
    expect(json.find(({ name }) => name === 'jobs_total')).toMatchObject({
      type: 'counter',
      aggregator: 'sum',
      values: [{ labels: { queue: 'mail' }, value: 1 }],
    });
    app.registry.resetMetrics();
    expect((await jobs.get()).values).toEqual([]);
    expect(await app.service.getSampleValue('jobs_total', { queue: 'mail' })).toBeUndefined();
  });

  onBothPlatforms('has exemplars where they are enabled', async ({ start }) => {
    const metrics = PrometheusModule.forFeature([
      { type: 'counter', name: 'jobs', help: 'Jobs', labelNames: ['queue'], enableExemplars: true },
      { type: 'histogram', name: 'job_seconds', help: 'Seconds', enableExemplars: true },
    ]);
    const app = await start({ imports: [metrics] });
    const jobs = app.provider<Counter<'queue'>>(getMetricToken('jobs'));
    const seconds = app.provider<Histogram>(getMetricToken('job_seconds'));
    // prom-client's types allow no other names than those of the labels.
    const exemplarLabels = { trace_id: 'abc' } as object;
    jobs.inc({ labels: { queue: 'mail' }, value: 2, exemplarLabels });
    jobs.inc({ labels: { queue: 'mail' } });
    seconds.observe({ value: 0.2, exemplarLabels });
    const { values } = await jobs.get();
    expect(values).toMatchObject([{ value: 3, exemplar: { labelSet: exemplarLabels, value: 2 } }]);
    const { body } = await app.get('/metrics', {
      headers: { accept: 'application/openmetrics-text' },
    });
    expect(body).toMatch(/^jobs_total\{queue="mail"\} 3 # \{trace_id="abc"\} 2 /m);
    expect(body).toMatch(/^job_seconds_bucket\{le="0.25"\} 1 # \{trace_id="abc"\} 0.2 /m);
    expect(() =>
      jobs.inc({ labels: { queue: 'x' }, exemplarLabels: { trace_id: 'x'.repeat(200) } as object }),
    ).toThrow(RangeError);
    expect((await jobs.get()).values).toHaveLength(1);
  });

  onBothPlatforms('shares its name with no decorator', async ({ start }) => {
    @Controller('clash')
    class ClashController {
      @Get()
      @CountCalls('jobs_total', 'Jobs', { labels: { queue: 'mail' } })
      get(): string {
        return 'x';
      }
    }
    const clashing = start({ imports: [feature], controllers: [ClashController] });
    await expect(clashing).rejects.toThrow(/"jobs_total".*forFeature\(\)/);
  });

  it('is of the type that was asked for', () => {
    const jobs: Counter<'queue'> = injected({
      type: 'counter',
      name: 'typed',
      help: 'h',
      labelNames: ['queue'],
    });
    // @ts-expect-error -- the metric has no such label
    expect(() => jobs.inc({ kind: 'mail' })).toThrow(/Added label "kind"/);
    const gauge: CustomMetric = {
      type: 'gauge',
      name: 'typed_gauge',
      help: 'h',
      collect(): void {
        this.set(1);
        // @ts-expect-error -- a gauge observes nothing
        expect(() => this.observe(1)).toThrow(TypeError);
      },
    };
    expect(gauge.collect).toBeDefined();
  });
});

/** Says how many jobs of one queue wait. */
function lengthOf(queue: string, length: number): CustomMetric {
  return {
    type: 'gauge',
    name: 'queue_length',
    help: 'Jobs that wait',
    labelNames: ['queue'],
    collect(): void {
      this.set({ queue }, length);
    },
  };
}

describe('collect()', () => {
  onBothPlatforms('of two modules that declare one metric: both are called', async ({ start }) => {
    const shared = lengthOf('shared', 1);
    let calls = 0;
    shared.collect = function () {
      calls += 1;
    };
    const imports = [lengthOf('mail', 2), lengthOf('sms', 3), shared, shared].map((metric) =>
      PrometheusModule.forFeature([metric]),
    );
    const app = await start({ imports });
    await app.expectSample('queue_length', { queue: 'mail' }, 2);
    await app.expectSample('queue_length', { queue: 'sms' }, 3);
    calls = 0;
    await app.exposition();
    expect(calls).toBe(1);
  });

  onBothPlatforms(
    'that fails leaves out its metric, and is over with its application',
    async ({ start }) => {
      const registry = new Registry();
      let calls = 0;
      const failing = PrometheusModule.forFeature([
        {
          type: 'gauge',
          name: 'broken',
          help: 'Broken',
          collect(): Promise<void> {
            calls += 1;
            return Promise.reject(new Error('no queue'));
          },
        },
      ]);
      const options = { registry, processMetrics: false };
      const first = await start({ imports: [failing], options, keeps: ['broken'] });
      expect((await first.exposition()).families.has('broken')).toBe(false);
      expect(calls).toBe(1);
      const working = PrometheusModule.forFeature([
        { type: 'gauge', name: 'broken', help: 'Broken' },
      ]);
      const second = await start({ imports: [working], options });
      await first.nest.close();
      await second.expectSample('broken', {}, 0);
      expect(calls).toBe(1);
    },
  );
});

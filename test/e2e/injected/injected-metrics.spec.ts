import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { InjectMetric, PrometheusModule, type CustomMetric } from '../../../lib/index.js';
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

it('a gauge may be infinite', async () => {
  const registry = new Registry();
  const { checkedCalls } = await import('../../../lib/registry/checked-calls.js');
  const gauge = checkedCalls(new Gauge({ name: 'g', help: 'h', registers: [registry] }), 'gauge');
  gauge.set(Infinity);
  expect(() => gauge.set(NaN)).toThrow(TypeError);
  expect((await gauge.get()).values[0]?.value).toBe(Infinity);
});

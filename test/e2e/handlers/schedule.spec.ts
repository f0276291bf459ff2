import { Injectable, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cron, Interval, ScheduleModule, SchedulerRegistry, Timeout } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { Registry } from 'prom-client';
import {
  Counter,
  DoNotTrack,
  Gauge,
  Histogram,
  PrometheusModule,
  PrometheusService,
} from '../../../lib/index.js';
import { eventually } from '../../support/eventually.js';
import { onPlatform, type TestContext } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

const DURATION = 'nestjs_handler_duration_seconds_count';
const SUCCESS = 'nestjs_handler_last_success_timestamp_seconds';
const NEXT = 'nestjs_handler_next_run_timestamp_seconds';
const BUSY = 'nestjs_handlers_in_progress';

/** Runs every second. */
const EVERY = '* * * * * *';
/** Runs on New Year's Day. */
const YEARLY = '0 0 0 1 1 *';

@Injectable()
class Tasks implements OnModuleInit, OnApplicationShutdown {
  runs = 0;
  release: () => void = () => undefined;

  // A cache that is filled at the start, too: by the application's own code.
  onModuleInit(): void {
    this.tick();
  }

  onApplicationShutdown(): void {
    this.release();
  }

  @Cron(EVERY, { name: 'tick' })
  @Counter('ticks', 'Calls')
  tick(): void {
    this.runs += 1;
  }

  @Cron(EVERY)
  fails(): never {
    throw new Error('no');
  }

  @Cron(EVERY, { waitForCompletion: true })
  async hangs(): Promise<void> {
    await new Promise<void>((resolve) => (this.release = resolve));
  }

  @Cron(YEARLY)
  @Histogram('yearly_seconds', 'Seconds')
  @Gauge('yearly_busy', 'Calls in progress')
  yearly(): void {}

  @Cron(EVERY, { disabled: true, name: 'disabled' })
  disabled(): void {}

  @Interval('often', 20)
  often(): void {}

  @Interval(3_600_000)
  hourly(): void {}

  @Timeout(1)
  once(): void {}

  @Cron(YEARLY)
  @DoNotTrack()
  silent(): void {}
}

function started({ start }: TestContext): Promise<TestApp> {
  return start({ imports: [ScheduleModule.forRoot()], providers: [Tasks] });
}

const cron = (method: string): { kind: string; handler: string } => ({
  kind: 'cron',
  handler: `Tasks.${method}`,
});

describe('scheduled methods', () => {
  onPlatform('express', 'show whether they run', async (context) => {
    const app = await started(context);
    const registry = app.provider(SchedulerRegistry);
    const { body } = await app.get('/metrics');
    expect(body).toContain(`${SUCCESS}{kind="cron",handler="Tasks.yearly"} 0\n`);
    await app.eventually(async () => {
      const shown = await app.exposition();
      expect(shown.value(DURATION, { ...cron('tick'), outcome: 'success' })).toBeGreaterThan(0);
      expect(shown.value(DURATION, { ...cron('fails'), outcome: 'error' })).toBeGreaterThan(0);
      expect(shown.value(BUSY, cron('hangs'))).toBe(1);
      const interval = { kind: 'interval', handler: 'Tasks.often' };
      expect(shown.value(DURATION, { ...interval, outcome: 'success' })).toBeGreaterThan(1);
      const timeout = { kind: 'timeout', handler: 'Tasks.once' };
      expect(shown.value(DURATION, { ...timeout, outcome: 'success' })).toBe(1);
      expect(shown.value(SUCCESS, timeout)).toBeGreaterThan(1e9);
    });
    // Again when a job has run meanwhile.
    await app.eventually(async () => {
      const { runs } = app.provider(Tasks);
      const shown = await app.exposition();
      const seconds = Date.now() / 1000;
      expect(Math.abs((shown.value(SUCCESS, cron('tick')) ?? 0) - seconds)).toBeLessThan(60);
      expect(shown.value(SUCCESS, cron('fails'))).toBe(0);
      expect(shown.value(SUCCESS, cron('hangs'))).toBe(0);
      // The decorator counts every call; one was the application's own.
      expect(shown.value('ticks_total')).toBe(runs);
      expect(shown.value(DURATION, { ...cron('tick'), outcome: 'success' })).toBe(runs - 1);
    });
    registry.getCronJobs().forEach((job) => void job.stop());
    app.provider(Tasks).release();
    await app.expectSample(BUSY, cron('hangs'), 0);
  });

  onPlatform('express', 'show when they run next, as the scheduler has it', async (context) => {
    const app = await started(context);
    const registry = app.provider(SchedulerRegistry);
    const next = async (labels: object): Promise<number | undefined> =>
      (await app.exposition()).value(NEXT, labels as Record<string, string>);
    const now = Date.now() / 1000;
    const newYear = new Date(new Date().getFullYear() + 1, 0, 1).getTime() / 1000;
    expect(await next(cron('yearly'))).toBe(newYear);
    expect(await next(cron('tick'))).toBeGreaterThanOrEqual(Math.floor(now));
    expect(await next(cron('disabled'))).toBe(0);
    const hourly = { kind: 'interval', handler: 'Tasks.hourly' };
    expect(await next(hourly)).toBeGreaterThan(now + 3500);
    expect(await next(hourly)).toBeLessThan(now + 3700);
    expect(await next({ kind: 'timeout', handler: 'Tasks.once' })).toBeUndefined();
    expect(await next(cron('silent'))).toBeUndefined();
    registry.getCronJob('disabled').start();
    expect(await next(cron('disabled'))).toBeGreaterThan(now);
    void registry.getCronJob('tick').stop();
    expect(await next(cron('tick'))).toBe(0);
    registry.deleteCronJob('disabled');
    expect(await next(cron('disabled'))).toBe(0);
    const often = { kind: 'interval', handler: 'Tasks.often' };
    expect(await next(often)).toBeGreaterThan(0);
    clearInterval(registry.getInterval('often') as NodeJS.Timeout);
    expect(await next(often)).toBe(0);
    registry.deleteInterval('often');
    expect(await next(often)).toBe(0);
    // What is scheduled at run time is no handler.
    registry.addCronJob('later', CronJob.from({ cronTime: EVERY, onTick: () => undefined }));
    expect(await app.samples(NEXT)).toHaveLength(7);
  });

  onPlatform('express', 'are no calls when the application calls them', async (context) => {
    const app = await started(context);
    app.provider(Tasks).yearly();
    app.provider(Tasks).hourly();
    await app.expectSample('yearly_seconds_count', {}, 1);
    await app.expectSample('yearly_busy', {}, 0);
    await app.expectSum(DURATION, { handler: 'Tasks.yearly' }, 0);
    await app.expectSum(DURATION, { handler: 'Tasks.hourly' }, 0);
    expect(Object.hasOwn(app.provider(Tasks), 'yearly')).toBe(false);
  });

  it('are measured in an application without HTTP', async () => {
    const registry = new Registry();
    @Module({
      imports: [
        ScheduleModule.forRoot(),
        PrometheusModule.forRoot({ registry, processMetrics: false }),
      ],
      providers: [Tasks],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    try {
      const labels = { kind: 'interval', handler: 'Tasks.often', outcome: 'success' };
      const service = app.get(PrometheusService);
      await eventually(async () => {
        expect(await service.getSampleValue(DURATION, labels)).toBeGreaterThan(1);
      });
      expect(await service.getSampleValue(NEXT, cron('yearly'))).toBeGreaterThan(0);
    } finally {
      await app.close();
    }
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  onPlatform('express', 'of two applications on one registry are all shown', async (context) => {
    const registry = new Registry();
    @Injectable()
    class Other {
      @Cron(YEARLY)
      yearly(): void {}
    }
    const imports = [ScheduleModule.forRoot()];
    const one = await context.start({ imports, providers: [Tasks], options: { registry } });
    const two = await context.start({ imports, providers: [Other], options: { registry } });
    const other = { kind: 'cron', handler: 'Other.yearly' };
    expect((await one.exposition()).value(NEXT, other)).toBeGreaterThan(0);
    await one.nest.close();
    expect((await two.exposition()).value(NEXT, other)).toBeGreaterThan(0);
  });
});

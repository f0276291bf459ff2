import { Injectable, Module, type DynamicModule, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Registry, type Counter } from 'prom-client';
import {
  InjectMetric,
  getMetricToken,
  PrometheusConfigError,
  PrometheusModule,
} from '../../../lib/index.js';
import { LogCapture } from '../../support/log-capture.js';

@Injectable()
class Jobs {
  constructor(@InjectMetric('jobs_total') readonly total: Counter) {}
}

@Module({
  imports: [PrometheusModule.forFeature([{ type: 'counter', name: 'jobs_total', help: 'Jobs' }])],
  providers: [Jobs],
})
class JobsModule {}

/** What a module fails with when it is started, alone or with others. */
async function failureOf(...imports: (Type | DynamicModule)[]): Promise<unknown> {
  const module = Test.createTestingModule({ imports }).setLogger(new LogCapture());
  try {
    const application = (await module.compile()).createNestApplication();
    await application.init();
    await application.close();
    return 'it started';
  } catch (error) {
    return error;
  }
}

describe('an application without the module', () => {
  it('is told to write forRoot() where the class alone is imported', async () => {
    const failure = await failureOf(PrometheusModule, JobsModule);
    expect(failure).toBeInstanceOf(PrometheusConfigError);
    expect(String(failure)).toContain(
      'write PrometheusModule.forRoot() in the imports of the root',
    );
  });

  it('is told what a feature module alone needs', async () => {
    const failure = await failureOf(JobsModule);
    expect(failure).toBeInstanceOf(PrometheusConfigError);
    expect(String(failure)).toContain(
      `Metric "jobs_total" (forFeature) needs the module: write PrometheusModule.forRoot()`,
    );
    expect(String(failure)).toContain(`overrides the provider getMetricToken('jobs_total')`);
  });

  it('can be tested as the message says', async () => {
    expect(
      await failureOf(PrometheusModule.forRoot({ registry: new Registry() }), JobsModule),
    ).toBe('it started');
    const module = await Test.createTestingModule({ imports: [JobsModule] })
      .overrideProvider(getMetricToken('jobs_total'))
      .useValue('a fake')
      .compile();
    expect(module.get(Jobs, { strict: false }).total).toBe('a fake');
  });

  it('is told once that the class alone beside forRoot() is one module too many', async () => {
    const root = PrometheusModule.forRoot({ registry: new Registry() });
    expect(String(await failureOf(root, PrometheusModule, JobsModule))).toContain(
      'PrometheusModule is imported 2 times by one application',
    );
  });

  it('hears of wrong options, not of a missing module', async () => {
    const late = PrometheusModule.forRootAsync({
      useFactory: () =>
        new Promise((_, reject) => setImmediate(() => reject(new Error('no settings')))),
    });
    expect(String(await failureOf(late, JobsModule))).toContain('no settings');
    const wrong = PrometheusModule.forRoot({ maxSeries: 0 });
    expect(String(await failureOf(JobsModule, wrong))).toContain('option `maxSeries` expects');
  });
});

import { Controller, Get } from '@nestjs/common';
import { Counter as ClientCounter } from 'prom-client';
import { Counter, InjectMetric, PrometheusModule } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

describe('a label object that is changed after use', () => {
  onBothPlatforms('has no effect on a decorator', async ({ start }) => {
    const labels = { kind: 'first' };
    @Controller('a')
    class AController {
      @Get()
      @Counter('calls', 'Calls', { labels })
      handle(): string {
        return 'a';
      }
    }
    const app = await start({ controllers: [AController] });
    await app.get('/a');
    labels.kind = 'second';
    await app.get('/a');
    await app.expectSample('calls_total', { kind: 'first' }, 2);
    await app.expectSum('calls_total', {}, 2);
  });

  onBothPlatforms('has no effect on an injected metric', async ({ start }) => {
    @Controller('a')
    class AController {
      constructor(@InjectMetric('jobs_total') readonly jobs: ClientCounter<'kind'>) {}
    }
    const feature = PrometheusModule.forFeature([
      { type: 'counter', name: 'jobs_total', help: 'Jobs', labelNames: ['kind'] },
    ]);
    const app = await start({ imports: [feature], controllers: [AController] });
    const { jobs } = app.provider(AController);
    const labels = { kind: 'first' };
    jobs.inc(labels);
    labels.kind = 'second';
    jobs.inc({ kind: 'first' });
    await app.expectSample('jobs_total', { kind: 'first' }, 2);
    await app.expectSum('jobs_total', {}, 2);
  });

  onBothPlatforms('has no effect on info()', async ({ start }) => {
    const app = await start();
    const labels = { version: '1' };
    const info = app.service.info('app_info', 'Application', labels);
    labels.version = '2';
    info.set(3);
    expect((await app.samples('app_info')).map((sample) => [sample.labels, sample.value])).toEqual([
      [{ version: '1' }, 3],
    ]);
  });

  onBothPlatforms('has no effect on the default labels', async ({ start }) => {
    const defaultLabels = { tier: 'gold' };
    const app = await start({ options: { defaultLabels } });
    await app.get('/');
    defaultLabels.tier = 'tin';
    await app.get('/');
    await app.expectSum('nestjs_http_request_total', { tier: 'gold' }, 2);
    await app.expectSum('nestjs_http_request_total', {}, 2);
  });
});

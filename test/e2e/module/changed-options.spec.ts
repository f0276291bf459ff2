import { Controller, Get } from '@nestjs/common';
import { Registry, type Counter as ClientCounter } from 'prom-client';
import {
  Counter,
  getMetricToken,
  Histogram,
  PrometheusModule,
  type CustomMetric,
} from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

describe('objects that were given as options', () => {
  onBothPlatforms('can be changed later: that changes nothing', async ({ start }) => {
    const registry = new Registry();
    const server = { port: 0, host: '127.0.0.1', path: '/own' };
    const options = {
      registry,
      processMetrics: false,
      defaultLabels: { zone: 'a' } as Record<string, string>,
      buckets: [1, 2],
      excludedPaths: ['/quiet'],
      guards: [],
      server,
    };
    const labels: Record<string, string> = { shop: 'first' };
    const decorator = Counter('visits', 'Visits', { labels });
    const metric = { type: 'counter', name: 'jobs', help: 'Jobs', labelNames: ['queue'] };
    const metrics = [metric] as CustomMetric[];
    const imports = [PrometheusModule.forFeature(metrics)];
    const prometheus = PrometheusModule.forRoot(options);

    labels['shop'] = 'second';
    labels['more'] = 'x';
    metric.labelNames.push('more');
    metrics.push({ type: 'counter', name: 'late', help: 'Late' });
    options.defaultLabels['zone'] = 'b';
    options.buckets.push(3);
    options.excludedPaths.push('/a');
    options.guards.push({ canActivate: () => false } as never);
    server.path = '/changed';

    @Controller('a')
    class AController {
      @Get()
      @decorator
      get(): string {
        return 'a';
      }
    }
    const app = await start({
      options: { registry },
      prometheus: () => prometheus,
      controllers: [AController],
      imports,
    });
    app.provider<ClientCounter>(getMetricToken('jobs')).inc({ queue: 'mail' });
    await app.get('/a');
    await app.expectSample('visits_total', { shop: 'first', zone: 'a' }, 1);
    await app.expectSample('jobs_total', { queue: 'mail' }, 1);
    const exposition = await app.exposition();
    expect(exposition.labelValues('nestjs_http_request_duration_seconds_bucket', 'le')).toEqual([
      '1.0',
      '2.0',
      '+Inf',
    ]);
    expect([...exposition.families.keys()]).not.toContain('late_total');
  });
});

describe('@Histogram()', () => {
  onBothPlatforms('has the buckets of the module, unless it has its own', async ({ start }) => {
    @Controller('a')
    class AController {
      @Get()
      @Histogram('as_module_seconds', 'Seconds')
      @Histogram('own_seconds', 'Seconds', { buckets: [7] })
      get(): string {
        return 'a';
      }
    }
    const app = await start({ controllers: [AController], options: { buckets: [0.1, 10] } });
    const exposition = await app.exposition();
    const bounds = (name: string): unknown => exposition.labelValues(`${name}_bucket`, 'le');
    expect(bounds('as_module_seconds')).toEqual(['0.1', '10.0', '+Inf']);
    expect(bounds('own_seconds')).toEqual(['7.0', '+Inf']);
  });
});

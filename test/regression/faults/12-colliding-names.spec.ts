import { Controller, Get } from '@nestjs/common';
import { Counter as ClientCounter, Gauge as ClientGauge, Registry } from 'prom-client';
import { Counter, Gauge, Histogram, type MetricDecorator } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

function controllerWith(...decorators: MetricDecorator[]): new () => object {
  @Controller('a')
  class AController {
    @Get()
    handle(): string {
      return 'a';
    }
  }
  for (const decorate of decorators) decorate(AController);
  return AController;
}

describe('fault 12: names that collide in either format', () => {
  const pairs: readonly (readonly MetricDecorator[])[] = [
    [Gauge('foo', 'Foo'), Counter('foo_total', 'Foo')],
    [Histogram('foo', 'Foo'), Gauge('foo_count', 'Foo')],
    [Histogram('foo', 'Foo'), Gauge('foo_bucket', 'Foo')],
    [Counter('foo', 'Foo'), Gauge('foo_created', 'Foo')],
  ];

  onBothPlatforms('fail the start and leave nothing registered', async ({ start }) => {
    for (const pair of pairs) {
      const registry = new Registry();
      const options = { registry, processMetrics: false };
      const controllers = [controllerWith(...pair)];
      await expect(start({ controllers, options })).rejects.toThrow(/clashes/);
      expect(registry.getMetricsAsArray()).toEqual([]);
    }
  });

  onBothPlatforms('fail the start beside metrics of prom-client', async ({ start }) => {
    const registry = new Registry();
    registry.registerMetric(new ClientCounter({ name: 'foo_count', help: 'Foo', registers: [] }));
    registry.registerMetric(new ClientGauge({ name: 'bar', help: 'Bar', registers: [] }));
    const options = { registry, processMetrics: false };
    for (const decorator of [Histogram('foo', 'Foo'), Counter('bar', 'Bar')]) {
      const controllers = [controllerWith(decorator)];
      await expect(start({ controllers, options, keeps: ['foo_count', 'bar'] })).rejects.toThrow(
        /clashes/,
      );
      expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual(['foo_count', 'bar']);
    }
  });
});

import { Controller, Get } from '@nestjs/common';
import { Counter as ClientCounter, Gauge as ClientGauge, Registry } from 'prom-client';
import {
  Counter,
  Gauge,
  Histogram,
  PrometheusModule,
  type CustomMetric,
  type MetricDecorator,
} from '../../../lib/index.js';
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

describe('names that collide in either format', () => {
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

  onBothPlatforms('fail the start in forFeature()', async ({ start }) => {
    const base = { help: 'Foo' };
    const features: readonly (readonly [CustomMetric, CustomMetric])[] = [
      [
        { ...base, type: 'gauge', name: 'foo' },
        { ...base, type: 'counter', name: 'foo_total' },
      ],
      [
        { ...base, type: 'summary', name: 'foo' },
        { ...base, type: 'gauge', name: 'foo_sum' },
      ],
      [
        { ...base, type: 'histogram', name: 'foo' },
        { ...base, type: 'summary', name: 'foo_bucket' },
      ],
    ];
    for (const feature of features) {
      const registry = new Registry();
      const imports = [PrometheusModule.forFeature(feature)];
      await expect(start({ imports, options: { registry } })).rejects.toThrow(/clashes/);
      expect(registry.getMetricsAsArray()).toEqual([]);
    }
  });

  onBothPlatforms('fail the start beside the default metrics', async ({ start }) => {
    for (const decorator of [
      Gauge('nestjs_http_request_duration_seconds_count', 'Foo'),
      Gauge('nestjs_http_request', 'Foo'),
      Counter('nestjs_exporter_info', 'Foo'),
    ]) {
      const registry = new Registry();
      const controllers = [controllerWith(decorator)];
      await expect(start({ controllers, options: { registry } })).rejects.toThrow(/clashes/);
      expect(registry.getMetricsAsArray()).toEqual([]);
    }
  });

  onBothPlatforms('are refused later, and leave nothing', async ({ start }) => {
    const app = await start({ controllers: [controllerWith(Histogram('foo', 'Foo'))] });
    const before = app.registry.getMetricsAsArray();
    expect(() => app.service.info('foo_sum', 'Foo')).toThrow(/clashes/);
    const late = [Counter('sound', 'Sound'), Gauge('foo_bucket', 'Foo')];
    expect(() => app.service.registerDefault(...late)).toThrow(/clashes/);
    expect(app.registry.getMetricsAsArray()).toEqual(before);
  });
});

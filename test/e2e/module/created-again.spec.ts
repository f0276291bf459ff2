import { Controller, Get, type Type } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Counter, PrometheusModule } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

@Controller('a')
class AController {
  @Get()
  @Counter('calls', 'Calls')
  handle(): string {
    return 'a';
  }
}

/** A decorated class as hot module replacement evaluates it again. */
function versionOf(...labelNames: string[]): Type {
  @Controller('orders')
  class OrdersController {
    @Get()
    @Counter('orders', 'Orders', { labels: Object.fromEntries(labelNames.map((n) => [n, 'x'])) })
    create(): string {
      return 'created';
    }
  }
  return OrdersController;
}

const NAMES = [
  'calls_total',
  'nestjs_exporter_info',
  'nestjs_exporter_label_errors_total',
  'nestjs_exporter_label_overflow_total',
  'nestjs_exporter_scrape_duration_seconds',
  'nestjs_exporter_scrape_errors_total',
  'nestjs_http_request_duration_seconds',
  'nestjs_http_request_exceptions_total',
  'nestjs_http_request_total',
];

describe('an application that is created again', () => {
  onBothPlatforms('starts at 0 on the same registry', async ({ start }) => {
    const options = { registry: new Registry(), processMetrics: true };
    for (let generation = 0; generation < 3; generation++) {
      const app = await start({ controllers: [AController], options });
      await app.get('/a');
      await app.expectSample('calls_total', {}, 1);
      await app.expectSum('nestjs_http_request_total', {}, 1);
      await app.nest.close();
      expect(options.registry.getMetricsAsArray()).toEqual([]);
    }
  });

  onBothPlatforms(
    'names the close that was not waited for, with other labels',
    async ({ start }) => {
      const options = { registry: new Registry() };
      const before = await start({ controllers: [versionOf('before')], options });
      const controllers = [versionOf('before', 'after')];
      await expect(start({ controllers, options, keeps: NAMES })).rejects.toThrow(
        /"orders_total" \(OrdersController.create\) is declared already with the labels \[ 'before' \].*hot module replacement.*`app.close\(\)`/,
      );
      await before.nest.close();
      const after = await start({ controllers, options });
      await after.get('/orders');
      await after.expectSample('orders_total', { before: 'x', after: 'x' }, 1);
    },
  );

  onBothPlatforms('counts each request once beside another one', async ({ start }) => {
    const options = { registry: new Registry(), processMetrics: true };
    const first = await start({ controllers: [AController], options, keeps: NAMES });
    const second = await start({ controllers: [AController], options, keeps: NAMES });
    await first.get('/a');
    await second.get('/a');
    await second.expectSample('calls_total', {}, 2);
    await first.expectSum('nestjs_http_request_total', {}, 2);
    await first.expectSum('nestjs_http_request_duration_seconds_count', {}, 2);
  });

  onBothPlatforms('counts once with one module object for all', async ({ start }) => {
    const registry = new Registry();
    const module = PrometheusModule.forRoot({ registry, processMetrics: true });
    const common = { controllers: [AController], options: { registry }, keeps: NAMES };
    const first = await start({ ...common, prometheus: () => module, imports: [module] });
    await first.get('/a');
    await first.expectSample('calls_total', {}, 1);
    await first.nest.close();
    expect(registry.getMetricsAsArray()).toEqual([]);
    const second = await start({ ...common, prometheus: () => module });
    const third = await start({ ...common, prometheus: () => module });
    await second.get('/a');
    await third.get('/a');
    await second.nest.close();
    await third.get('/a');
    await third.expectSample('calls_total', {}, 3);
    await third.expectSum('nestjs_http_request_total', {}, 3);
  });
});

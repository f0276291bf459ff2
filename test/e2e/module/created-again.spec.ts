import { Controller, Get } from '@nestjs/common';
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

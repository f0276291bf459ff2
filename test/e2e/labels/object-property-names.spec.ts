import { Controller, Get } from '@nestjs/common';
import type { Counter as ClientCounter } from 'prom-client';
import { Counter, Gauge, Histogram, getMetricToken, PrometheusModule } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

@Controller()
class AController {
  @Get(['__proto__', 'constructor'])
  @Counter('constructor', 'Calls', { labels: { valueOf: '__proto__' } })
  @Gauge('__proto__', 'Calls in progress', { labels: { toString: 'hasOwnProperty' } })
  @Histogram('hasOwnProperty', 'Duration', { labels: { constructor: () => 'constructor' } })
  handle(): string {
    return 'a';
  }
}

const feature = PrometheusModule.forFeature([
  { type: 'counter', name: 'isPrototypeOf', help: 'Jobs', labelNames: ['constructor'] },
  { type: 'gauge', name: 'toString', help: 'Length' },
]);

describe('names and values that every object has', () => {
  onBothPlatforms('as label values and label names', async ({ start }) => {
    const app = await start({ options: { defaultLabels: { constructor: '__proto__' } } });
    for (const path of ['/__proto__', '/constructor', '/__proto__']) await app.get(path);
    await app.expectSum('nestjs_http_request_total', { constructor: '__proto__' }, 3);
    const request = { method: 'GET', status: '404', constructor: '__proto__' };
    const duration = 'nestjs_http_request_duration_seconds_count';
    await app.expectSample(duration, { ...request, path: '/__proto__' }, 2);
    await app.expectSample(duration, { ...request, path: '/constructor' }, 1);
    app.service.info('app_info', 'App.', { toString: 'valueOf', hasOwnProperty: 'constructor' });
    expect((await app.scrape()).body).toContain(
      'app_info{toString="valueOf",hasOwnProperty="constructor"} 1',
    );
  });

  onBothPlatforms('as metric names, on a registry that is used again', async ({ start }) => {
    const { registry } = await start();
    for (let generation = 0; generation < 2; generation++) {
      const keeps = ['nestjs_exporter_info'];
      const options = { registry, exportDefaults: false };
      const app = await start({ controllers: [AController], imports: [feature], options, keeps });
      for (const path of ['/__proto__', '/constructor']) await app.get(path);
      app.provider<ClientCounter>(getMetricToken('isPrototypeOf')).inc({ constructor: 'a' }, 5);
      app.service.info('valueOf', 'Info.', { propertyIsEnumerable: '__proto__' });
      await app.expectSample('constructor_total', { valueOf: '__proto__' }, 2);
      await app.expectSample('__proto__', { toString: 'hasOwnProperty' }, 0);
      await app.expectSample('hasOwnProperty_count', { constructor: 'constructor' }, 2);
      await app.expectSample('isPrototypeOf_total', { constructor: 'a' }, 5);
      await app.expectSample('toString', {}, 0);
      await app.expectSample('valueOf', { propertyIsEnumerable: '__proto__' }, 1);
      for (const accept of ['text/plain', 'application/openmetrics-text']) {
        const names = ['__proto__', 'valueOf'];
        const scrape = await app.scrape({ accept, names });
        expect(scrape.samples.map(({ name }) => name).sort()).toEqual(names);
      }
      const labels = { toString: 'hasOwnProperty' };
      expect(await app.service.getSampleValue('__proto__', labels)).toBe(0);
      await app.nest.close();
      const left = registry.getMetricsAsArray().map(({ name }) => name);
      expect(left.filter((name) => !name.startsWith('nestjs_'))).toEqual([]);
    }
  });
});

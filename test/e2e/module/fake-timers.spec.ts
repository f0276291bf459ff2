import { jest } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { Histogram, PrometheusModule } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import type { Platform } from '../../support/test-app.js';

@Controller()
class AppController {
  @Get('hello')
  @Histogram('hello_seconds', 'Seconds.')
  hello(): string {
    return 'hello';
  }
}

const hang = (): Promise<void> => new Promise(() => undefined);

/** Fastify itself does not work without `process.nextTick()`. */
function stopTime(platform: Platform): void {
  jest.useFakeTimers({ doNotFake: platform === 'fastify' ? ['nextTick', 'queueMicrotask'] : [] });
}

describe('while a test has replaced timers and clock', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  onBothPlatforms(
    'requests are recorded, and the metrics are there',
    async ({ start, platform }) => {
      const app = await start({ controllers: [AppController] });
      stopTime(platform);
      await app.get('/hello');
      const labels = { method: 'GET', status: '200' };
      expect(await app.service.getSampleValue('nestjs_http_request_total', labels)).toBe(1);
      const { body } = await app.service.generateMetrics();
      expect(body).toContain('hello_seconds_count 1\n');
      expect((await app.scrape()).value('nestjs_http_request_total', labels)).toBe(1);
      const scrape = await app.scrape({ headers: { 'accept-encoding': 'identity' } });
      expect(scrape.value('hello_seconds_count')).toBe(1);
    },
  );

  onBothPlatforms(
    'a collector that hangs costs its own metric alone',
    async ({ start, platform }) => {
      const registry = new Registry();
      registry.registerMetric(
        new Gauge({ name: 'hangs', help: 'H', registers: [], collect: hang }),
      );
      const app = await start({
        options: { registry, endpoint: { collectTimeoutSeconds: 0.05 } },
        keeps: ['hangs'],
      });
      stopTime(platform);
      const { body } = await app.service.generateMetrics();
      expect(body).toContain('nestjs_exporter_info');
      expect(body).not.toContain('hangs');
    },
  );

  onBothPlatforms('an application starts and closes', async ({ start, platform }) => {
    stopTime(platform);
    const features = PrometheusModule.forFeature([{ type: 'gauge', name: 'mood', help: 'M' }]);
    const app = await start({ controllers: [AppController], imports: [features] });
    await app.scrape();
    await app.service.startHttpServer(0, { host: '127.0.0.1' });
    await app.nest.close();
  });
});

import { Controller, Get } from '@nestjs/common';
import { Counter as ClientCounter, Registry } from 'prom-client';
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

const feature = PrometheusModule.forFeature([{ type: 'counter', name: 'mails', help: 'Mails' }]);

/** Those that a scrape itself changes. */
const ownLine = /^nestjs_exporter_scrape_duration_seconds_(sum|count) .*\n/gm;

describe('an OpenMetrics scrape, then a text one', () => {
  onBothPlatforms('names are the same as before', async ({ start }) => {
    const registry = new Registry();
    new ClientCounter({ name: 'jobs_total', help: 'Jobs.', registers: [registry] }).inc(3);
    // prom-client lets a counter be without the suffix.
    new ClientCounter({ name: 'tasks', help: 'Tasks.', registers: [registry] }).inc(4);
    const app = await start({
      controllers: [AController],
      imports: [feature],
      options: { registry },
    });
    await app.get('/a');
    await app.settled();
    const before = await app.scrape();
    const openMetrics = await app.scrape({ accept: 'application/openmetrics-text' });
    const after = await app.scrape();
    for (const [name, value] of [
      ['jobs_total', 3],
      ['calls_total', 1],
      ['mails_total', 0],
      ['nestjs_http_request_total', 1],
    ] as const) {
      for (const scrape of [before, openMetrics, after]) {
        expect(scrape.matching(name).map((sample) => sample.value)).toEqual([value]);
      }
    }
    expect(after.sum('tasks')).toBe(4);
    expect(after.body.replace(ownLine, '')).toBe(before.body.replace(ownLine, ''));
    expect(openMetrics.samples.map(({ name }) => name)).toEqual(
      before.samples.map(({ name }) => name),
    );
    expect(registry.getMetricsAsArray().map(({ name }) => name)).toContain('jobs_total');
    expect(registry.contentType).toBe(Registry.PROMETHEUS_CONTENT_TYPE);
  });
});

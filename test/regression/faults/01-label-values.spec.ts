import { Controller, Get } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import type { MetricContext } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const TOTAL = 'nestjs_http_request_total';

@Controller()
class PageController {
  @Get('page')
  page(): string {
    return 'page';
  }
}

const query = ({ request }: MetricContext): string =>
  (request as { query: Record<string, string> }).query['q'] as string;

describe('faults 1 to 4: label values', () => {
  onBothPlatforms(
    '1: a list in the query is escaped text, no line of its own',
    async ({ start }) => {
      const app = await start({
        controllers: [PageController],
        options: { defaultLabels: { q: query } },
      });
      const forged = encodeURIComponent('"} 1\nforged_total 99\n#');
      expect((await app.get(`/page?q=${forged}&q=b`)).body).toBe('page');
      expect((await app.get('/page?q=a')).body).toBe('page');
      await app.expectSum(TOTAL, {}, 2);
      for (const accept of ['text/plain', 'application/openmetrics-text']) {
        const scrape = await app.scrape({ accept });
        expect(scrape.matching('forged_total')).toEqual([]);
        const values = scrape.labelValues(TOTAL, 'q');
        expect(values.sort()).toEqual(['["\\"} 1\\nforged_total 99\\n#","b"]', 'a']);
      }
    },
  );

  onBothPlatforms('1: a list in a metric of prom-client', async ({ start }) => {
    const registry = new Registry();
    const counter = new Counter({
      name: 'searches_total',
      help: 'Searches.',
      labelNames: ['q'],
      registers: [registry],
    });
    counter.inc({ q: ['"} 1\nforged_total 99\n#'] as never });
    const app = await start({ options: { registry } });
    const scrape = await app.scrape();
    expect(scrape.matching('forged_total')).toEqual([]);
    expect(scrape.sum('searches_total')).toBe(1);
  });

  onBothPlatforms('2: values with separators stay distinct', async ({ start }) => {
    const pairs = [
      { a: '1,b:2', b: '3' },
      { a: '1', b: '2,b:3' },
      { a: '1","b="2', b: '3' },
    ];
    let at = 0;
    const app = await start({
      options: { defaultLabels: { a: () => pairs[at]?.a, b: () => pairs[at++]?.b } },
    });
    for (const _ of pairs) await app.get('/');
    for (const pair of pairs) {
      await app.expectSample(TOTAL, { ...pair, method: 'GET', status: '404' }, 1);
    }
  });

  onBothPlatforms('3: a label object that is changed after use', async ({ start }) => {
    const labels = { version: '1' };
    const app = await start();
    const info = app.service.info('app_info', 'App.', labels);
    labels.version = '2';
    info.set(1);
    expect((await app.samples('app_info')).map((sample) => sample.labels)).toEqual([
      { version: '1' },
    ]);
  });

  onBothPlatforms('4: an empty and a missing value are one series', async ({ start }) => {
    const values = ['', undefined, null, '\ud800', '\udfff'];
    let at = 0;
    const app = await start({ options: { defaultLabels: { v: () => values[at++] } } });
    for (const _ of values) await app.get('/');
    await app.expectSum(TOTAL, {}, 5);
    const samples = await app.samples(TOTAL);
    expect(samples.map(({ labels, value }) => [labels['v'] ?? '', value])).toEqual([
      ['', 3],
      ['\ufffd', 2],
    ]);
  });
});

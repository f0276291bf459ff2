import { Controller, Get } from '@nestjs/common';
import type {
  Counter as ClientCounter,
  Gauge as ClientGauge,
  Histogram as ClientHistogram,
  Summary as ClientSummary,
} from 'prom-client';
import {
  Counter,
  Gauge,
  Histogram,
  getMetricToken,
  PrometheusModule,
  type LabelValue,
} from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

/** Joined in one way or another, most of these pairs are one text. */
const PAIRS: readonly { readonly a: string; readonly b: string }[] = [
  { a: '1,b:2', b: '3' },
  { a: '1', b: '2,b:3' },
  { a: '1","b="2', b: '3' },
  { a: '1', b: '2","b="3' },
  { a: '1\n', b: '2' },
  { a: '1', b: '\n2' },
  { a: '1\\', b: '2' },
  { a: '1', b: '\\2' },
  { a: '1\u0000', b: '2' },
  { a: '1', b: '\u00002' },
  { a: '12', b: '' },
  { a: '', b: '12' },
];

describe('label values that contain separators', () => {
  onBothPlatforms('stay distinct in the default metrics', async ({ start }) => {
    let at = 0;
    const app = await start({
      options: { defaultLabels: { a: () => PAIRS[at]?.a, b: () => PAIRS[at]?.b } },
    });
    for (; at < PAIRS.length; at++) {
      await app.get('/');
      await app.settled();
    }
    const name = 'nestjs_http_request_total';
    for (const accept of ['text/plain', 'application/openmetrics-text']) {
      const scrape = await app.scrape({ accept });
      expect(scrape.matching(name).map(({ labels, value }) => ({ ...labels, value }))).toEqual(
        PAIRS.map((pair) => ({ method: 'GET', status: '404', ...pair, value: 1 })),
      );
    }
  });

  onBothPlatforms('stay distinct in the metrics of decorators', async ({ start }) => {
    let at = 0;
    const labels: Record<string, LabelValue> = { a: () => PAIRS[at]?.a, b: () => PAIRS[at]?.b };
    @Controller('a')
    class AController {
      @Get()
      @Counter('calls', 'Calls', { labels })
      @Gauge('busy', 'Calls in progress', { labels })
      @Histogram('seconds', 'Duration', { labels })
      handle(): string {
        return 'a';
      }
    }
    const app = await start({ controllers: [AController] });
    for (let round = 0; round < 2; round++) {
      for (at = 0; at < PAIRS.length; at++) {
        await app.get('/a');
        await app.settled();
      }
    }
    const exposition = await app.exposition();
    for (const [name, value] of [
      ['calls_total', 2],
      ['busy', 0],
      ['seconds_count', 2],
    ] as const) {
      expect(exposition.matching(name).map((sample) => [sample.labels, sample.value])).toEqual(
        PAIRS.map((pair) => [pair, value]),
      );
    }
  });

  onBothPlatforms('stay distinct in injected metrics', async ({ start, logs }) => {
    const types = ['counter', 'gauge', 'histogram', 'summary'] as const;
    const feature = PrometheusModule.forFeature(
      types.map((type) => ({ type, name: `a_${type}`, help: 'A.', labelNames: ['a', 'b'] })),
    );
    const app = await start({ imports: [feature] });
    const counter = app.provider<ClientCounter>(getMetricToken('a_counter'));
    const gauge = app.provider<ClientGauge>(getMetricToken('a_gauge'));
    const histogram = app.provider<ClientHistogram>(getMetricToken('a_histogram'));
    const summary = app.provider<ClientSummary>(getMetricToken('a_summary'));
    for (const { a, b } of PAIRS) {
      counter.inc({ a, b });
      counter.labels(a, b).inc(2);
      gauge.set({ a, b }, 4);
      gauge.inc({ b, a }, 2);
      gauge.labels({ a, b }).dec();
      histogram.observe({ a, b }, 1);
      histogram.labels(a, b).observe(2);
      histogram.startTimer({ a })({ b });
      summary.observe({ a, b }, 1);
      summary.labels({ a, b }).observe(2);
      summary.startTimer({ a, b })();
    }
    const names = ['a_counter_total', 'a_gauge', 'a_histogram_count', 'a_summary_count'];
    const values = [3, 5, 3, 3];
    const series = async (): Promise<unknown[]> => {
      const exposition = await app.exposition();
      return names.map((name) =>
        exposition
          .matching(name)
          .map(({ labels, value }) => [labels['a'] ?? '', labels['b'] ?? '', value]),
      );
    };
    const expected = (pairs: typeof PAIRS): unknown[] =>
      values.map((value) => pairs.map(({ a, b }) => [a, b, value]));
    expect(await series()).toEqual(expected(PAIRS));
    const { a = '', b = '' } = PAIRS[0] ?? {};
    expect(await app.service.getSampleValue('a_counter_total', { a, b })).toBe(3);
    expect((await counter.get()).values[0]?.labels).toEqual({ a, b });
    for (const metric of [counter, gauge, histogram, summary]) metric.remove(a, b);
    expect(await series()).toEqual(expected(PAIRS.slice(1)));
    expect(logs.warnings).toEqual([]);
  });
});

import { Controller, Get, Post } from '@nestjs/common';
import { Counter as ClientCounter, Registry } from 'prom-client';
import {
  Counter,
  getMetricToken,
  PrometheusModule,
  type LabelValue,
  type MetricContext,
} from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

const FORGED = '"} 1\nforged_total 99\n#';
const LIST = [FORGED, 'b'];
const OBJECT = { [FORGED]: { inner: FORGED } };
const TEXTUAL = { toString: () => FORGED };

@Controller()
class PageController {
  @Get('page')
  page(): string {
    return 'page';
  }

  @Post('page')
  @Counter('posts', 'Posts.', { labels: { sent: (({ request }) => request.body.q) as LabelValue } })
  post(): string {
    return 'posted';
  }
}

const query = ({ request }: MetricContext): string =>
  (request as { query: Record<string, string> }).query['q'] ?? '';

/** Sees to it that a label has these values in both formats, and that no line was forged. */
async function expectValues(
  app: TestApp,
  name: string,
  label: string,
  values: readonly string[],
): Promise<void> {
  for (const accept of ['text/plain', 'application/openmetrics-text']) {
    const scrape = await app.scrape({ accept });
    expect(scrape.body).not.toMatch(/^forged/m);
    expect(scrape.matching('forged_total')).toEqual([]);
    expect(scrape.labelValues(name, label).sort()).toEqual([...values].sort());
    expect(scrape.sum(name)).toBe(values.length);
  }
}

describe('a list or an object as a label value is escaped text', () => {
  onBothPlatforms('from the query string, in the default metrics', async ({ start }) => {
    const app = await start({
      controllers: [PageController],
      options: { defaultLabels: { q: query } },
    });
    const forged = encodeURIComponent(FORGED);
    expect((await app.get(`/page?q=${forged}&q=b`)).body).toBe('page');
    expect((await app.get('/page?q=a')).body).toBe('page');
    await app.expectSum('nestjs_http_request_total', {}, 2);
    await expectValues(app, 'nestjs_http_request_total', 'q', [JSON.stringify(LIST), 'a']);
  });

  onBothPlatforms('from the body, in the metric of a decorator', async ({ start }) => {
    const app = await start({ controllers: [PageController] });
    for (const q of [LIST, OBJECT, FORGED, []]) {
      expect((await app.post('/page', { q })).body).toBe('posted');
    }
    await app.expectSum('posts_total', {}, 4);
    await expectValues(app, 'posts_total', 'sent', [
      JSON.stringify(LIST),
      JSON.stringify(OBJECT),
      FORGED,
      '[]',
    ]);
  });

  onBothPlatforms('in an injected metric', async ({ start }) => {
    const feature = PrometheusModule.forFeature([
      { type: 'counter', name: 'searches', help: 'Searches.', labelNames: ['q'] },
    ]);
    const app = await start({ imports: [feature] });
    const counter = app.provider<ClientCounter>(getMetricToken('searches'));
    for (const q of [LIST, OBJECT, TEXTUAL]) counter.inc({ q: q as never });
    await expectValues(app, 'searches_total', 'q', [
      JSON.stringify(LIST),
      JSON.stringify(OBJECT),
      FORGED,
    ]);
  });

  onBothPlatforms('in a metric that prom-client made', async ({ start }) => {
    const registry = new Registry();
    const counter = new ClientCounter({
      name: 'searches_total',
      help: 'Searches.',
      labelNames: ['q', 'kind'],
      registers: [registry],
    });
    // Its own key for a list or an object is the same for many of them: the other label differs.
    for (const [kind, q] of Object.entries({ LIST, OBJECT, TEXTUAL })) {
      counter.inc({ q: q as never, kind });
    }
    const app = await start({ options: { registry } });
    await expectValues(app, 'searches_total', 'q', [
      JSON.stringify(LIST),
      JSON.stringify(OBJECT),
      FORGED,
    ]);
  });
});

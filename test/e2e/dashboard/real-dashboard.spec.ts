import { Controller, Get, InternalServerErrorException, Param } from '@nestjs/common';
import { Counter, Histogram } from '../../../lib/index.js';
import { grafanaDashboard, prometheusRules } from '../../../lib/dashboard.js';
import { onBothPlatforms } from '../../support/harness.js';
import { PrometheusServer } from '../../support/prometheus.js';
import { withoutVariables } from '../../support/promql.js';
import { describeWithRealTools } from '../../support/with-real-tools.js';

@Controller('shop')
class ShopController {
  @Get('items/:id')
  @Counter('items_read', 'Items that were read.', { labels: { kind: 'item' } })
  @Histogram('item_seconds', 'Time to read an item.')
  item(@Param('id') id: string): string {
    return id;
  }

  @Get('broken')
  broken(): never {
    throw new InternalServerErrorException();
  }
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly panels?: readonly Panel[];
  readonly targets?: readonly { readonly expr: string }[];
}

/** Panels whose subject the application of the test does not have. */
const NOT_USED = [
  'Exceptions',
  'Attempts',
  'Calls',
  'Share of failed calls',
  'Duration of calls',
  'Calls in progress',
  'Since the last success',
  'Until the next run',
  'Wait in the queue',
  'Database operations',
  'Database latency',
  'Database errors',
  'Label overflow',
  'Failing label functions',
  'Processes',
];

function panelsOf(dashboard: object): Panel[] {
  return (dashboard as { panels: Panel[] }).panels.flatMap((panel) => [
    panel,
    ...(panel.panels ?? []),
  ]);
}

describeWithRealTools('the dashboard, in front of a real Prometheus', (tools) => {
  onBothPlatforms('each panel of what is used has data', async ({ start, cleanUp }) => {
    const app = await start({
      controllers: [ShopController],
      options: { groupBy: 'route', processMetrics: true, outgoing: true },
    });
    const job = 'shop';
    const prometheus = await PrometheusServer.start(tools.prometheus, [
      { job, target: `127.0.0.1:${app.port}` },
    ]);
    cleanUp(() => prometheus.stop());
    const dashboard = await grafanaDashboard({ from: `http://127.0.0.1:${app.port}/metrics` });
    const own = await (async () => {
      for (let round = 0; round < 4; round++) {
        for (const path of ['/shop/items/1', '/shop/broken', '/nowhere']) await app.get(path);
        await prometheus.waitForScrapeAfter(job);
      }
      return grafanaDashboard({ from: `http://127.0.0.1:${app.port}/metrics` });
    })();
    const titles = panelsOf(own).map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining(['items_read_total', 'item_seconds']));
    expect(dashboard.title).toBe(own.title);
    for (const { title, type, targets = [] } of panelsOf(own)) {
      if (type === 'row' || NOT_USED.includes(title)) continue;
      const results = await Promise.all(
        targets.map(({ expr }) => prometheus.query(withoutVariables(expr))),
      );
      expect([title, results.some((each) => each.length > 0)]).toEqual([title, true]);
    }
    const { annotations } = own as unknown as {
      annotations: { list: { name: string; target: { expr: string } }[] };
    };
    for (const { name, target } of annotations.list) {
      const marks = await prometheus.query(withoutVariables(target.expr));
      // The process of the tests has started long ago; its version is new to this Prometheus.
      if (name === 'Version') expect(marks).toHaveLength(1);
    }
  });

  onBothPlatforms(
    'the rules are evaluated on what an application exports',
    async ({ start, cleanUp }) => {
      const app = await start({ controllers: [ShopController], options: { processMetrics: true } });
      const prometheus = await PrometheusServer.start(tools.prometheus, [
        { job: 'shop', target: `127.0.0.1:${app.port}` },
      ]);
      cleanUp(() => prometheus.stop());
      for (let round = 0; round < 4; round++) {
        for (const path of ['/shop/items/1', '/shop/broken']) await app.get(path);
        await prometheus.waitForScrapeAfter('shop');
      }
      const { groups } = prometheusRules();
      const rules = groups.flatMap(({ rules: each }) => each);
      const find = (name: string): string =>
        rules.flatMap((rule) => ('record' in rule && rule.record === name ? [rule.expr] : []))[0] ??
        '';
      const all = await prometheus.value(find('job:nestjs_http_request:rate5m'));
      const failed = await prometheus.value(find('job:nestjs_http_request:errors_rate5m'));
      expect(failed / all).toBeCloseTo(0.5, 1);
      const slow = await prometheus.value(
        find('job:nestjs_http_request_duration_seconds:slow_ratio_rate5m'),
      );
      expect(slow).toBeLessThan(0.5);
    },
  );
});

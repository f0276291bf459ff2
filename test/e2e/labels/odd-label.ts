import { Controller, Get } from '@nestjs/common';
import { Counter, Gauge, Histogram, Summary, type LabelValue } from '../../../lib/index.js';
import type { TestContext } from '../../support/harness.js';

const CALLS = 2;

/**
 * Has a label function that gives no label value in every kind of metric, and sees to it that the
 * responses are as they were, and that all calls are counted under `''`.
 */
export async function expectEmptyLabel(
  { start, logs }: TestContext,
  odd: () => unknown,
): Promise<void> {
  const labels = { odd: odd as LabelValue };
  @Controller('a')
  class AController {
    @Get()
    @Counter('calls', 'Calls', { labels })
    @Gauge('busy', 'Calls in progress', { labels })
    @Histogram('seconds', 'Duration', { labels })
    @Summary('brief_seconds', 'Duration', { labels })
    handle(): string {
      return 'untouched';
    }
  }
  const app = await start({ controllers: [AController] });
  const defaults = await start({
    controllers: [AController],
    options: {
      defaultLabels: { more: odd as LabelValue },
      groupBy: function group() {
        return odd();
      },
    },
  });
  for (const each of [app, defaults]) {
    for (let i = 0; i < CALLS; i++) {
      const response = await each.get('/a');
      expect([response.status, response.body]).toEqual([200, 'untouched']);
    }
  }
  await app.expectSample('calls_total', { odd: '' }, CALLS);
  await app.expectSample('busy', { odd: '' }, 0);
  await app.expectSample('seconds_count', { odd: '' }, CALLS);
  await app.expectSample('brief_seconds_count', { odd: '' }, CALLS);
  for (const metric of ['calls_total', 'busy', 'seconds', 'brief_seconds']) {
    await app.expectSample('nestjs_exporter_label_errors_total', { metric }, CALLS);
  }
  const [request, more] = [{ method: 'GET', status: '200' }, { more: '' }];
  const duration = 'nestjs_http_request_duration_seconds_count';
  await defaults.expectSample('calls_total', { odd: '', ...more }, CALLS);
  await defaults.expectSample('nestjs_http_request_total', { ...request, ...more }, CALLS);
  await defaults.expectSample(duration, { ...request, ...more, group: '' }, CALLS);
  await defaults.expectSum('nestjs_http_request_exceptions_total', {}, 0);
  // Once for each application.
  expect(logs.warnings.filter((text) => text.includes('"busy"'))).toHaveLength(2);
  for (const metric of ['calls_total', 'seconds', 'brief_seconds']) {
    expect(logs.warnings.filter((text) => text.includes(`"${metric}"`))).toHaveLength(2);
  }
}

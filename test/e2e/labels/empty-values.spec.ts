import { Controller, Get } from '@nestjs/common';
import { Counter as ClientCounter, Registry } from 'prom-client';
import { Counter, getMetricToken, PrometheusModule, type LabelValue } from '../../../lib/index.js';
import { Judges } from '../../support/judges.js';
import { onBothPlatforms } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';
import { describeWithRealTools } from '../../support/with-real-tools.js';

const VALUES = ['', undefined, null, '\ud800', '\udfff', 'a\udc00', 'a\ud800'];
const SERIES = [
  ['', 3],
  ['\ufffd', 2],
  ['a\ufffd', 2],
];

/** Values of the label `v` with the values of their samples; a missing label is an empty one. */
async function seriesOf(app: TestApp, name: string): Promise<(readonly [string, number])[]> {
  const { body } = await app.get('/metrics');
  expect(Buffer.from(body).toString()).toBe(body);
  return (await app.samples(name)).map(({ labels, value }) => [labels['v'] ?? '', value]);
}

describe('lone surrogates, an empty value and a missing one are one series each', () => {
  onBothPlatforms('in the default metrics and in those of decorators', async ({ start }) => {
    let at = 0;
    const labels: Record<string, LabelValue> = { v: () => VALUES[at] };
    @Controller('a')
    class AController {
      @Get()
      @Counter('calls', 'Calls', { labels })
      handle(): string {
        return 'a';
      }
    }
    const options = { defaultLabels: { v: () => VALUES[at] as string } };
    const app = await start({ controllers: [AController] });
    const other = await start({ options });
    for (; at < VALUES.length; at++) {
      await Promise.all([app.get('/a'), other.get('/')]);
      await Promise.all([app.settled(), other.settled()]);
    }
    expect(await seriesOf(app, 'calls_total')).toEqual(SERIES);
    expect(await seriesOf(other, 'nestjs_http_request_total')).toEqual(SERIES);
  });

  onBothPlatforms('in an injected metric', async ({ start, logs }) => {
    const feature = PrometheusModule.forFeature([
      { type: 'counter', name: 'jobs', help: 'Jobs.', labelNames: ['v', 'w'] },
      { type: 'counter', name: 'tasks', help: 'Tasks.', labelNames: ['v'] },
    ]);
    const app = await start({ imports: [feature] });
    const jobs = app.provider<ClientCounter>(getMetricToken('jobs'));
    for (const v of VALUES) jobs.inc({ v: v as string });
    expect(await seriesOf(app, 'jobs_total')).toEqual(SERIES);
    const tasks = app.provider<ClientCounter>(getMetricToken('tasks'));
    tasks.inc();
    tasks.inc({});
    tasks.inc({ v: '' }, 2);
    tasks.labels('').inc(4);
    expect(await seriesOf(app, 'tasks_total')).toEqual([['', 8]]);
    tasks.remove({ v: '' });
    expect(await seriesOf(app, 'tasks_total')).toEqual([]);
    expect(logs.warnings).toEqual([]);
  });
});

describeWithRealTools('a metric that prom-client made', (tools) => {
  onBothPlatforms('is shown without a series twice', async ({ start }) => {
    const registry = new Registry();
    const counter = new ClientCounter({
      name: 'jobs_total',
      help: 'Jobs.',
      labelNames: ['v'],
      registers: [registry],
    });
    counter.inc();
    counter.inc({ v: '' });
    counter.inc({ v: '\ud800' });
    counter.inc({ v: '\udfff' });
    const app = await start({ options: { registry } });
    expect(await seriesOf(app, 'jobs_total')).toEqual([
      ['', 1],
      ['\ufffd', 1],
    ]);
    const judges = new Judges(tools);
    await judges.promtoolCheck((await app.scrape()).body);
    const accept = 'application/openmetrics-text';
    const { body } = await app.scrape({ accept });
    expect(await judges.pythonParse(body, 'openmetrics')).not.toEqual([]);
  });
});

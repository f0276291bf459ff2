import { PassThrough } from 'node:stream';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Redirect,
  StreamableFile,
} from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import type { Exposition } from '../../support/exposition.js';
import { onBothPlatforms } from '../../support/harness.js';
import { Judges } from '../../support/judges.js';
import { PrometheusServer } from '../../support/prometheus.js';
import { requestText } from '../../support/raw-connection.js';
import type { TestApp } from '../../support/test-app.js';
import { TextProxy } from '../../support/text-proxy.js';
import { describeWithRealTools } from '../../support/with-real-tools.js';

@Controller('shop')
class ShopController {
  @Get('items/:id')
  item(@Param('id') id: string): { id: string } {
    return { id };
  }

  @Post('items')
  add(@Body() item: unknown): unknown {
    return item;
  }

  @Post('quiet')
  @HttpCode(204)
  quiet(): void {}

  @Get('moved')
  @Redirect('/shop/items/1')
  moved(): void {}

  @Get('rejected')
  rejected(): never {
    throw new BadRequestException();
  }

  @Get('broken')
  broken(): never {
    throw new TypeError('broken');
  }

  @Get('download')
  download(): StreamableFile {
    const stream = new PassThrough();
    stream.end('x'.repeat(100_000));
    return new StreamableFile(stream);
  }

  @Get('never')
  never(): Promise<never> {
    return new Promise(() => undefined);
  }
}

type Send = (app: TestApp, round: number) => Promise<{ method: string; status: number }>;

const request =
  (method: string, path: string, init: RequestInit = {}): Send =>
  async (app, round) => {
    const { status } = await app.request(method, path.replace('%', String(round)), init);
    return { method, status };
  };

const goesAway: Send = async (app, round) => {
  const path = `/shop/never?round=${round}`;
  const connection = await app.raw(requestText('GET', path));
  await app.eventually(() => expect(app.requests.open).toContain(`GET ${path}`));
  connection.destroy();
  return { method: 'GET', status: 499 };
};

const json = { 'content-type': 'application/json' };

/** One of each kind is sent per round. */
const KINDS: readonly Send[] = [
  request('GET', '/shop/items/%?q=1'),
  request('HEAD', '/shop/items/%'),
  request('POST', '/shop/items', { headers: json, body: '{"name":"a"}' }),
  request('POST', '/shop/items', { headers: json, body: '{"name":' }),
  request('POST', '/shop/quiet'),
  request('GET', '/shop/moved'),
  request('GET', '/shop/rejected'),
  request('GET', '/shop/broken'),
  request('GET', '/shop/download'),
  request('GET', '/nowhere/%'),
  request('DELETE', '/shop/items/%'),
  request('OPTIONS', '/shop/items', {
    headers: { origin: 'http://a.example', 'access-control-request-method': 'POST' },
  }),
  goesAway,
];

/** How many rounds are sent at least. */
const ROUNDS = 25;

interface Load {
  readonly rounds: number;
  /** How many responses there were, by method and status. */
  readonly sent: ReadonlyMap<string, number>;
}

/** Sends rounds until the event has come, so that it comes during the load. */
async function loadUntil(event: Promise<unknown>, app: TestApp): Promise<Load> {
  const sent = new Map<string, number>();
  const state = { over: false };
  const over = event.finally(() => (state.over = true));
  // Awaited after the load, or never when that fails.
  over.catch(() => undefined);
  let rounds = 0;
  for (; rounds < ROUNDS || !state.over; rounds++) {
    const answers = await Promise.all(KINDS.map((send) => send(app, rounds)));
    for (const { method, status } of answers) {
      const key = `${method} ${status}`;
      sent.set(key, (sent.get(key) ?? 0) + 1);
    }
  }
  await over;
  return { rounds, sent };
}

describeWithRealTools('a real Prometheus', (tools) => {
  onBothPlatforms(
    'stores exactly what was sent, scraped during the load in both formats',
    async ({ start, cleanUp }) => {
      const app = await start({
        controllers: [ShopController],
        options: { groupBy: 'route', processMetrics: true },
        configure: (nest) => nest.enableCors(),
      });
      const proxy = await TextProxy.start(app.url);
      cleanUp(() => proxy.close());
      // A scrape that takes longer counts as one that failed, and a busy machine needs the time.
      const more = { scrape_interval: '3s', scrape_timeout: '3s' };
      const prometheus = await PrometheusServer.start(tools.prometheus, [
        { job: 'openmetrics', target: `127.0.0.1:${app.port}`, more },
        { job: 'text', target: proxy.target, more },
      ]);
      cleanUp(() => prometheus.stop());
      const scrapes = (): Promise<unknown> =>
        Promise.all(['openmetrics', 'text'].map((job) => prometheus.waitForScrapeAfter(job)));
      await scrapes();

      const { sent, rounds } = await loadUntil(scrapes(), app);
      expect([...sent.values()].reduce((sum, count) => sum + count)).toBe(KINDS.length * rounds);
      expect(Object.fromEntries(sent)).toMatchObject({ 'GET 499': rounds, 'GET 500': rounds });
      await app.eventually(() => expect(app.requests.open).toEqual([]));

      for (const job of ['openmetrics', 'text']) {
        const stored = async (metric: string): Promise<Map<string, number>> => {
          const results = await prometheus.query(`sum by (method, status) (${metric})`);
          return new Map(
            results.map(({ labels, value }) => [`${labels['method']} ${labels['status']}`, value]),
          );
        };
        await prometheus.waitForScrapeAfter(job);
        const of = `job="${job}"`;
        expect(await prometheus.lastError(job)).toBe('');
        expect(await prometheus.value(`up{${of}}`)).toBe(1);
        expect(await prometheus.value(`min_over_time(up{${of}}[1m])`)).toBe(1);
        const duration = 'nestjs_http_request_duration_seconds';
        expect(await stored(`nestjs_http_request_total{${of}}`)).toEqual(sent);
        expect(await stored(`${duration}_count{${of}}`)).toEqual(sent);
        expect(await stored(`${duration}_bucket{${of}, le="+Inf"}`)).toEqual(sent);
        expect(await stored(`nestjs_http_request_exceptions_total{${of}}`)).toEqual(
          new Map([['GET 500', rounds]]),
        );
        const item = `${of}, route="/shop/items/:id", method="GET"`;
        expect(await prometheus.value(`${duration}_count{${item}}`)).toBe(rounds);
        expect(await prometheus.value(`${duration}_bucket{${item}, le="10.0"}`)).toBe(rounds);
        expect(await prometheus.value(`nestjs_exporter_info{${of}}`)).toBe(1);
        expect(await prometheus.value(`process_cpu_seconds_total{${of}}`)).toBeGreaterThan(0);
      }
    },
    60_000,
  );

  onBothPlatforms('promtool and both Python parsers read the same samples', async ({ start }) => {
    const judges = new Judges(tools);
    const registry = new Registry();
    const app = await start({
      controllers: [ShopController],
      options: { registry, processMetrics: true },
    });
    addMetricsOfTheUser(registry);
    for (const path of ['/shop/items/"quoted"', '/shop/broken', '/%0A%5C', '/%F0%9F%8D%BA']) {
      await app.get(path);
    }
    await app.settled();
    const text = await app.scrape({ accept: 'text/plain' });
    const openMetrics = await app.scrape({ accept: 'application/openmetrics-text' });
    expect([text.format, openMetrics.format]).toEqual(['text', 'openmetrics']);

    // What prom-client calls its process metrics is not this library's choice.
    await judges.promtoolCheck(text.body, [/^(nodejs|process)_/]);
    expect(listed(await judges.pythonParse(text.body, 'text'))).toEqual(listed([text]));
    expect(listed(await judges.pythonParse(openMetrics.body, 'openmetrics'))).toEqual(
      listed([openMetrics]),
    );
    expect(seriesOf(openMetrics)).toEqual(seriesOf(text));
    expect(text.value('user_lines_total', { line: 'a\nuser_lines_total 7"\\' })).toBe(1);
  });
});

function addMetricsOfTheUser(registry: Registry): void {
  const common = { registers: [registry], help: 'With "quotes",\na line and a \\.' };
  new Counter({ ...common, name: 'user_lines_total', labelNames: ['line'] }).inc({
    line: 'a\nuser_lines_total 7"\\',
  });
  new Gauge({ ...common, name: 'user_temperature_celsius' }).set(-1e-7);
  new Histogram({ ...common, name: 'user_bytes', buckets: [1, 1e6, 1e9] }).observe(5);
  const summary = new Summary({ ...common, name: 'user_wait_seconds', percentiles: [0.5, 1] });
  summary.observe(2);
}

interface PlainSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All samples in a form and an order that can be compared. */
function listed(families: readonly { samples: readonly PlainSample[] }[]): string[] {
  return families
    .flatMap(({ samples }) => samples)
    .map((sample) => `${seriesKey(sample)} ${sample.value}`)
    .sort();
}

/** All series but those of the process: a garbage collection between two scrapes adds some. */
function seriesOf(exposition: Exposition): string[] {
  return exposition.samples
    .filter(({ name }) => !/^(nodejs|process)_/.test(name))
    .map((sample) => seriesKey(sample))
    .sort();
}

function seriesKey({ name, labels }: PlainSample): string {
  return `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
}

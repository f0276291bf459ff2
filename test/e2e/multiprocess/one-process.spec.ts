import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get } from '@nestjs/common';
import { Counter, Gauge as ClientGauge, Registry } from 'prom-client';
import { PrometheusModule } from '../../../lib/index.js';
import { onBothPlatforms, type TestContext } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

@Controller()
class AppController {
  @Get('hello')
  hello(): string {
    return 'hello';
  }
}

function sharedDirectory({ cleanUp }: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'multiprocess-test-'));
  cleanUp(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

const TOTAL = 'nestjs_http_request_total';
const OK = { method: 'GET', status: '200' };

onBothPlatforms('shows its own requests at once, in both formats', async (context) => {
  const directory = sharedDirectory(context);
  const options = { multiprocess: { directory } };
  const app = await context.start({ controllers: [AppController], options });
  for (let i = 0; i < 3; i++) await app.get('/hello');
  await app.expectSample(TOTAL, OK, 3);
  const openMetrics = await app.scrape({ accept: 'application/openmetrics-text' });
  expect(openMetrics.value(TOTAL, OK)).toBe(3);
  expect((await app.scrape({ names: [TOTAL] })).value(TOTAL, OK)).toBe(3);
  await app.nest.close();
});

onBothPlatforms('goes on from what an earlier run has left', async (context) => {
  const directory = sharedDirectory(context);
  for (let run = 1; run <= 3; run++) {
    const options = { multiprocess: { directory }, registry: new Registry() };
    const app = await context.start({ controllers: [AppController], options });
    await app.get('/hello');
    await app.expectSample(TOTAL, OK, run);
    await app.nest.close();
  }
  expect(readdirSync(directory).length).toBeLessThanOrEqual(2);
});

onBothPlatforms('counts once what two applications count on one registry', async (context) => {
  const directory = sharedDirectory(context);
  const options = { multiprocess: { directory }, registry: new Registry() };
  const first = await context.start({ controllers: [AppController], options });
  const second = await context.start({ controllers: [AppController], options });
  await first.get('/hello');
  await second.get('/hello');
  await first.expectSample(TOTAL, OK, 2);
  await second.expectSample(TOTAL, OK, 2);
  await first.nest.close();
  await second.get('/hello');
  await second.expectSample(TOTAL, OK, 3);
  await second.nest.close();
});

onBothPlatforms('takes the mode of a gauge that is injected', async (context) => {
  const directory = sharedDirectory(context);
  const gauges = PrometheusModule.forFeature([
    { type: 'gauge', name: 'depth', help: 'Depth', multiprocessMode: 'max' },
    { type: 'gauge', name: 'height', help: 'Height' },
  ]);
  const options = { multiprocess: { directory } };
  const app = await context.start({ imports: [gauges], options });
  await app.expectSample('depth', {}, 0);
  await app.expectSample('height', { pid: String(process.pid) }, 0);
  await app.nest.close();
});

onBothPlatforms(
  'an application that is started anew goes on from what it has written',
  async (context) => {
    const directory = sharedDirectory(context);
    // As prom-client's global registry, which outlives the applications.
    const registry = new Registry();
    const registers = [registry];
    const counter = new Counter({ name: 'jobs_total', help: 'j', labelNames: ['n'], registers });
    const gauge = new ClientGauge({ name: 'kept', help: 'k', registers });
    Object.assign(gauge, { multiprocessMode: 'sum' });
    gauge.set(3);
    for (let run = 1; run <= 3; run++) {
      const options = { multiprocess: { directory }, registry };
      const app = await context.start({ controllers: [AppController], options });
      counter.inc({ n: 'a' });
      await app.get('/hello');
      await app.expectSample(TOTAL, OK, run);
      await app.expectSample('jobs_total', { n: 'a' }, run);
      await app.expectSample('kept', {}, 3);
      await app.nest.close();
      // Counted while no application was there.
      if (run === 2) counter.inc({ n: 'b' });
    }
    const options = { multiprocess: { directory }, registry: new Registry() };
    const other = await context.start({ options });
    await other.expectSample('jobs_total', { n: 'a' }, 3);
    await other.expectSample('jobs_total', { n: 'b' }, 1);
    await other.expectSample('kept', {}, 3);
    await other.nest.close();
  },
);

onBothPlatforms('applications on registries of their own are one process', async (context) => {
  const directory = sharedDirectory(context);
  const start = (): Promise<TestApp> =>
    context.start({
      controllers: [AppController],
      options: { multiprocess: { directory }, registry: new Registry() },
    });
  const [first, second] = [await start(), await start()];
  await first.get('/hello');
  await second.get('/hello');
  for (const app of [first, second]) {
    await app.expectSample(TOTAL, OK, 2);
    await app.expectSample('nestjs_exporter_processes', { state: 'live' }, 1);
    await app.expectSample('nestjs_http_requests_in_progress', {}, 0);
  }
  await first.nest.close();
  await second.expectSample(TOTAL, OK, 2);
  await second.nest.close();
});

/** CPU seconds of this process. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

onBothPlatforms('CPU time of a process counts once, whoever measures it', async (context) => {
  const directory = sharedDirectory(context);
  const start = (): Promise<TestApp> => {
    const options = { multiprocess: { directory }, registry: new Registry(), processMetrics: true };
    return context.start({ options });
  };
  for (let round = 0; round < 3; round++) {
    const least = spent();
    const running = [await start(), await start()];
    for (const app of running) {
      const shown = (await app.scrape()).value('process_cpu_seconds_total', {});
      expect(shown).toBeGreaterThanOrEqual(least);
      expect(shown).toBeLessThanOrEqual(spent());
    }
    for (const app of running) await app.nest.close();
  }
});

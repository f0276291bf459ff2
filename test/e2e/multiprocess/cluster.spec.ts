import { existsSync, rmSync } from 'node:fs';
import { Judges } from '../../support/judges.js';
import { describeWithRealTools } from '../../support/with-real-tools.js';
import {
  expectEventually,
  Processes,
  scrapePort,
  scrapeText,
  sendRequests,
  type Running,
} from './support/processes.js';

const TOTAL = 'nestjs_http_request_total';
const OK = { method: 'GET', status: '200' };

describe('a cluster whose primary serves the metrics', () => {
  let processes: Processes;
  let primary: Running;
  let ready: { metricsPort: number; directory: string; port: number; pids: number[] };

  beforeEach(async () => {
    processes = new Processes();
    primary = processes.startWithoutWaiting('primary', { SHUTDOWN_HOOKS: '1' });
    ready = (await primary.ready) as typeof ready;
  }, 30_000);
  afterEach(async () => {
    await processes.close();
    // The primary was killed.
    rmSync(ready.directory, { recursive: true, force: true, maxRetries: 5 });
  });

  it('shows all requests, whichever worker has answered them, and no pid where values add up', async () => {
    const answered = await sendRequests(ready.port, 50);
    await expectEventually(ready.metricsPort, TOTAL, OK, answered);
    const seen = await scrapePort(ready.metricsPort);
    const duration = { method: 'GET', path: '/hello', status: '200' };
    expect(seen.value('nestjs_http_request_duration_seconds_count', duration)).toBe(answered);
    expect(seen.value('nestjs_exporter_processes', { state: 'live' })).toBe(2);
    expect(seen.value('app_info', { version: '1' })).toBe(1);
    expect(seen.value('open_calls', {})).toBe(0);
    for (const pid of ready.pids) {
      expect(seen.matching('level', { pid: String(pid) })).toEqual([]);
    }
  }, 30_000);

  it('keeps what killed workers have counted, and goes on with new ones', async () => {
    let answered = await sendRequests(ready.port, 20);
    await expectEventually(ready.metricsPort, TOTAL, OK, answered);
    for (const pid of ready.pids) {
      const { pid: newPid } = await primary.ask('fork');
      process.kill(pid, 'SIGKILL');
      await expectEventually(ready.metricsPort, 'nestjs_exporter_processes', { state: 'live' }, 2);
      expect((await scrapePort(ready.metricsPort)).value(TOTAL, OK)).toBe(answered);
      expect(newPid).not.toBe(pid);
    }
    answered += await sendRequests(ready.port, 20);
    await expectEventually(ready.metricsPort, TOTAL, OK, answered);
  }, 60_000);

  it('loses nothing in rolling restarts under load', async () => {
    const stop = new AbortController();
    let answered = 0;
    const load = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const response = await fetch(`http://127.0.0.1:${ready.port}/hello`, {
          headers: { connection: 'close' },
          // Node's cluster module loses connections that it hands to a worker that exits: no worker sees them.
          signal: AbortSignal.timeout(10_000),
        }).catch(() => undefined);
        // A request that a closing worker refuses is none that was answered.
        if (response?.ok === true && (await response.text()) === 'hello') answered += 1;
      }
    };
    const loads = [load(), load()];
    let { pids } = ready;
    let last = 0;
    for (let round = 0; round < 2; round++) {
      const next: number[] = [];
      for (const pid of pids) {
        next.push(Number((await primary.ask('fork'))['pid']));
        process.kill(pid, 'SIGTERM');
        const sum = (await scrapePort(ready.metricsPort)).value(TOTAL, OK) ?? 0;
        expect(sum).toBeGreaterThanOrEqual(last);
        last = sum;
      }
      pids = next;
    }
    stop.abort();
    await Promise.all(loads);
    await expectEventually(ready.metricsPort, TOTAL, OK, answered);
    await expectEventually(ready.metricsPort, 'nestjs_exporter_processes', { state: 'live' }, 2);
    expect(answered).toBeGreaterThan(0);
  }, 60_000);

  it('removes its private directory when it is closed', async () => {
    expect(existsSync(ready.directory)).toBe(true);
    for (const pid of ready.pids) process.kill(pid, 'SIGKILL');
    await expectEventually(ready.metricsPort, 'nestjs_exporter_processes', { state: 'live' }, 0);
    expect(await primary.ask('close')).toEqual({ directory: null });
    expect(existsSync(ready.directory)).toBe(false);
  }, 30_000);

  describeWithRealTools('judged by others', (tools) => {
    it('is a valid exposition', async () => {
      await sendRequests(ready.port, 5);
      const judges = new Judges(tools);
      await judges.promtoolCheck(await scrapeText(ready.metricsPort));
      const response = await fetch(`http://127.0.0.1:${ready.metricsPort}/metrics`, {
        headers: { accept: 'application/openmetrics-text; version=1.0.0' },
      });
      const families = await judges.pythonParse(await response.text(), 'openmetrics');
      expect(families.map(({ name }) => name)).toContain('nestjs_http_request');
    }, 30_000);
  });
});

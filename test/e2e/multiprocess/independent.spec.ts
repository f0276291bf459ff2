import { eventually } from '../../support/eventually.js';
import {
  expectEventually,
  Processes,
  scrapePort,
  sendRequests,
  type Running,
} from './support/processes.js';

const TOTAL = 'nestjs_http_request_total';
const OK = { method: 'GET', status: '200' };

let processes: Processes;
beforeEach(() => {
  processes = new Processes();
});
afterEach(() => processes.close());

describe('independent processes that share a directory', () => {
  it('all show the same: everything', async () => {
    const apps = await Promise.all([processes.start('app'), processes.start('app')]);
    const ports = await Promise.all(apps.map(async ({ ready }) => (await ready)['port']));
    let answered = 0;
    for (const port of ports) answered += await sendRequests(port, 10);
    for (const port of ports) await expectEventually(port, TOTAL, OK, answered);
    await apps[0]?.ask('level', 1);
    await apps[1]?.ask('level', 2);
    await eventually(async () => {
      for (const port of ports) {
        const levels = (await scrapePort(port)).matching('level');
        expect(levels.map(({ value }) => value).sort()).toEqual([1, 2]);
        expect(levels.map(({ labels }) => Number(labels['pid'])).sort()).toEqual(
          apps.map(({ pid }) => pid).sort(),
        );
      }
    });
  }, 30_000);

  it('sees a call in progress of another process, until that process dies', async () => {
    const [one, two] = await Promise.all([processes.start('app'), processes.start('app')]);
    const { port } = await one.ready;
    const { port: other } = await two.ready;
    const call = fetch(`http://127.0.0.1:${String(other)}/wait`).catch(() => undefined);
    await expectEventually(port, 'open_calls', {}, 1);
    await two.end('SIGKILL');
    await call;
    await expectEventually(port, 'open_calls', {}, 0);
  }, 30_000);

  it('keeps the last values of an application that is closed while its process goes on', async () => {
    const [one, two] = await Promise.all([processes.start('app'), processes.start('app')]);
    const { port } = await one.ready;
    const { port: other } = await two.ready;
    const answered = await sendRequests(other, 7);
    await two.ask('close');
    const seen = await scrapePort(port);
    expect(seen.value(TOTAL, OK)).toBe(answered);
    expect(seen.value('nestjs_exporter_processes', { state: 'live' })).toBe(1);
  }, 30_000);
});

async function counted(how: string): Promise<number | undefined> {
  const server = await processes.start('app');
  const { port } = await server.ready;
  return (await scrapePort(port)).value('runs_total', { how });
}

describe('the end of a process', () => {
  it.each(['exit', 'throw', 'close'])(
    'writes the last values first: %s',
    async (how) => {
      const running = processes.startWithoutWaiting('light', { HOW: how });
      await running.exit;
      expect(await counted(how)).toBe(1);
    },
    30_000,
  );

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'writes the last values first, and still dies by %s',
    async (signal) => {
      const running = await processes.start('light', { HOW: signal });
      expect(await running.end(signal)).toEqual([null, signal]);
      expect(await counted(signal)).toBe(1);
    },
    30_000,
  );

  it('is left to the listeners of the application, where it has some', async () => {
    const running = await processes.start('light', { HANDLER: '1' });
    for (let i = 1; i <= 2; i++) {
      const message = new Promise((resolve) => running.child.once('message', resolve));
      running.child.kill('SIGTERM');
      expect(await message).toEqual({ handled: true });
    }
    const server: Running = await processes.start('app');
    const { port } = await server.ready;
    await expectEventually(port, 'runs_total', { how: 'handler' }, 2);
    expect(running.child.exitCode).toBeNull();
  }, 30_000);
});

describe("the last values of prom-client's metrics", () => {
  it.each(['exit', 'beforeExit', 'throw', 'reject', 'SIGTERM', 'close'])(
    'are written first: %s',
    async (way) => {
      const counting = await processes.start('client');
      counting.child.send({ command: way });
      await counting.exit;
      const server = await processes.start('server');
      const seen = await scrapePort((await server.ready)['port']);
      expect(seen.value('jobs_total', { n: 'a' })).toBe(5);
      expect(seen.value('level', {})).toBe(7);
      expect(seen.value('h_bucket', { le: '2.0' })).toBe(1);
      expect(seen.value('h_count', {})).toBe(2);
      expect(seen.value('h_sum', {})).toBe(4.5);
      expect(seen.value('s_count', {})).toBe(1);
      expect(seen.value('s_sum', {})).toBe(4);
    },
    30_000,
  );
});

describe('generations of processes', () => {
  it('leave one file, and every count', async () => {
    const server = await processes.start('app');
    const { port } = await server.ready;
    const ways = ['exit', 'throw', 'close', 'stay'];
    const total = 200;
    let started = 0;
    const generations = async (): Promise<void> => {
      while (started < total) {
        const how = ways[started++ % ways.length] as string;
        const running = processes.startWithoutWaiting('light', { HOW: how });
        if (how === 'stay') {
          await running.ready;
          await running.end('SIGTERM');
        } else await running.exit;
      }
    };
    await Promise.all([generations(), generations(), generations(), generations()]);
    await eventually(async () => {
      const seen = await scrapePort(port);
      expect(seen.sum('runs_total')).toBe(total);
      expect(seen.matching('running')).toEqual([]);
      expect(processes.files()).toHaveLength(2);
    });
  }, 120_000);
});

import { once } from 'node:events';
import { eventually } from '../../support/eventually.js';
import {
  expectEventually,
  Processes,
  scrapePort,
  sendRequests,
  type Running,
} from './support/processes.js';

// A worker is killed, stopped, late, or never ready; scrapes are answered at once, with
// its last written values, and sums never fall.

const TOTAL = 'nestjs_http_request_total';
const PROCESSES = 'nestjs_exporter_processes';
const OK = { method: 'GET', status: '200' };

let processes: Processes;
let server: Running;
let worker: Running;
let port: unknown;
let answered: number;

beforeEach(async () => {
  processes = new Processes();
  [server, worker] = await Promise.all([processes.start('app'), processes.start('app')]);
  port = (await server.ready)['port'];
  answered = await sendRequests((await worker.ready)['port'], 10);
  await expectEventually(port, TOTAL, OK, answered);
}, 30_000);
afterEach(() => processes.close());

it('a killed worker', async () => {
  await worker.end('SIGKILL');
  const seen = await scrapePort(port);
  expect(seen.value(TOTAL, OK)).toBe(answered);
  expect(seen.value(PROCESSES, { state: 'dead' })).toBe(1);
  expect(seen.value(PROCESSES, { state: 'live' })).toBe(1);
}, 30_000);

it('a stopped worker, that goes on later', async () => {
  worker.child.kill('SIGSTOP');
  expect((await scrapePort(port)).value(TOTAL, OK)).toBe(answered);
  await expectEventually(port, PROCESSES, { state: 'stale' }, 1);
  const seen = await scrapePort(port);
  expect(seen.value(TOTAL, OK)).toBe(answered);
  expect(seen.value(PROCESSES, { state: 'dead' })).toBe(0);
  worker.child.kill('SIGCONT');
  await expectEventually(port, PROCESSES, { state: 'stale' }, 0);
  answered += await sendRequests((await worker.ready)['port'], 3);
  await expectEventually(port, TOTAL, OK, answered);
}, 40_000);

it('a blocked worker', async () => {
  await worker.ask('block');
  await expectEventually(port, PROCESSES, { state: 'stale' }, 1);
  expect((await scrapePort(port)).value(TOTAL, OK)).toBe(answered);
}, 40_000);

it('workers that never get ready', async () => {
  const late = processes.startWithoutWaiting('app', { PORT: '-1' });
  const [code] = await late.exit;
  expect(code).not.toBe(0);
  const seen = await scrapePort(port);
  expect(seen.value(TOTAL, OK)).toBe(answered);
  const slow = processes.startWithoutWaiting('light', { HOW: 'stay' });
  slow.child.kill('SIGSTOP');
  expect((await scrapePort(port)).value(TOTAL, OK)).toBe(answered);
  slow.child.kill('SIGKILL');
  await once(slow.child, 'exit');
  await eventually(async () => expect((await scrapePort(port)).value(TOTAL, OK)).toBe(answered));
}, 30_000);

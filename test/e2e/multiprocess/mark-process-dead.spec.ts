import { eventually } from '../../support/eventually.js';
import { Processes, scrapePort } from './support/processes.js';

let processes: Processes;
beforeEach(() => {
  processes = new Processes();
});
afterEach(() => processes.close());

const isOf =
  (pid: number) =>
  (name: string): boolean =>
    name.startsWith(`${pid}-`);

it('markProcessDead() ends the files of one process, and of no other', async () => {
  const [one, two, three] = await Promise.all([
    processes.start('light'),
    processes.start('light'),
    processes.start('light'),
  ]);
  const server = await processes.start('server');
  const { port } = await server.ready;
  await Promise.all([one.end('SIGKILL'), two.end('SIGKILL')]);
  await server.ask('end', one.pid);
  await eventually(() => {
    expect(processes.files().filter(isOf(one.pid))).toEqual([]);
    expect(processes.files()).toContain('fold-1.metrics');
  });
  expect(processes.files().filter(isOf(two.pid))).toHaveLength(1);
  // One that is alive, and one that never was, are none of its business.
  await server.ask('end', three.pid);
  await server.ask('end', 2 ** 22 + 1);
  const seen = await scrapePort(port);
  expect(seen.value('running', {})).toBe(1);
  expect(seen.value('runs_total', { how: 'stay' })).toBe(3);
  expect(processes.files().filter(isOf(three.pid))).toHaveLength(1);
}, 30_000);

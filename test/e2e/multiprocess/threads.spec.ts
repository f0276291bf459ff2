import { Processes, scrapePort } from './support/processes.js';

const labels = { how: 'stay' };

let processes: Processes;
beforeEach(() => {
  processes = new Processes();
});
afterEach(() => processes.close());

it('a worker thread that has ended counts as ended, and what it counted stays', async () => {
  const server = await processes.start('server');
  const { port } = await server.ready;
  const threads = await processes.start('threads');
  const first = await scrapePort(port);
  expect(first.value('running', {})).toBe(3);
  expect(first.value('nestjs_exporter_processes', { state: 'live' })).toBe(3);
  expect(first.matching('level').map((each) => each.labels['pid'])).toEqual(
    [1, 2, 3].map((thread) => `${threads.pid}-${thread}`),
  );
  for (const [nth, way] of ['terminate', 'exit'].entries()) {
    await threads.ask(way);
    for (let i = 0; i < 2; i++) {
      const seen = await scrapePort(port);
      expect(seen.value('running', {})).toBe(2 - nth);
      expect(seen.value('runs_total', labels)).toBe(3);
      expect(seen.value('nestjs_exporter_processes', { state: 'live' })).toBe(2 - nth);
      expect(seen.value('nestjs_exporter_processes', { state: 'dead' })).toBe(1 + nth);
    }
  }
  await threads.end('SIGKILL');
  const last = await scrapePort(port);
  expect(last.value('running', {})).toBeUndefined();
  expect(last.value('runs_total', labels)).toBe(3);
}, 30_000);

import type { Exposition } from '../../support/exposition.js';
import { eventually } from '../../support/eventually.js';
import { Processes, scrapePort, type Running } from './support/processes.js';

/** More than fit into one write of the shared directory. */
const MANY = 5000;

let processes: Processes;
let server: Running;
beforeAll(() => {
  processes = new Processes();
});
afterAll(() => processes.close());

async function shown(): Promise<Exposition> {
  const { port } = await server.ready;
  return scrapePort(port);
}

describe('injected metrics of several processes', () => {
  it('are exact at the end of a process, however it ends', async () => {
    server = await processes.start('app');
    let ended = 0;
    for (const how of ['exit', 'throw', 'SIGTERM'] as const) {
      const one = await processes.start('injected');
      if (how === 'SIGTERM') {
        await one.ask('count', MANY);
        await one.end('SIGTERM');
      } else {
        one.child.send({ command: how, value: MANY });
        await one.exit;
      }
      ended += 1;
      const exposition = await shown();
      expect(exposition.sum('jobs_total')).toBe(ended * MANY);
      expect(exposition.value('jobs_total', { id: '4999' })).toBe(ended);
    }
  }, 60_000);

  it('take away what a process counted for a label set that it removes', async () => {
    const [one, two] = await Promise.all([
      processes.start('injected'),
      processes.start('injected'),
    ]);
    const before = (await shown()).value('jobs_total', { id: '1' }) ?? 0;
    await one.ask('count', 3);
    await two.ask('count', 3);
    await eventually(async () => {
      expect((await shown()).value('jobs_total', { id: '1' })).toBe(before + 2);
    });
    await one.ask('remove', 1);
    await eventually(async () => {
      expect((await shown()).value('jobs_total', { id: '1' })).toBe(before + 1);
    });
    await one.ask('count', 2);
    await eventually(async () => {
      expect((await shown()).value('jobs_total', { id: '1' })).toBe(before + 2);
    });
    await Promise.all([one.end('SIGKILL'), two.end('SIGKILL')]);
  }, 60_000);

  it('show what was set last, to the moment', async () => {
    const [one, two] = await Promise.all([
      processes.start('injected'),
      processes.start('injected'),
    ]);
    await one.ask('lead', 1);
    await two.ask('lead', 2);
    // Moments are told apart to the millisecond.
    await new Promise((resolve) => setTimeout(resolve, 2));
    await one.ask('lead', 3);
    await eventually(async () => {
      expect((await shown()).value('leader', {})).toBe(3);
    });
    await Promise.all([one.end('SIGKILL'), two.end('SIGKILL')]);
  }, 60_000);
});

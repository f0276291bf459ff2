import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expectEventually, Processes, scrapePort, type Running } from './support/processes.js';

const labels = { how: 'stay' };

let processes: Processes;
beforeEach(() => {
  processes = new Processes();
});
afterEach(() => processes.close());

/** Only root may make a pid namespace. */
function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The pid that a process which was started by `unshare` has here. */
function insidePid({ pid }: Running): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}

(canUnshare() ? it : it.skip)(
  'one in another pid namespace that is stopped, counts as ended, and goes on loses nothing',
  async () => {
    const server = await processes.start('server');
    const { port } = await server.ready;
    const [one, two] = [
      processes.startIn(['unshare', '--pid', '--fork', '--kill-child'], 'light'),
      processes.startIn(['unshare', '--pid', '--fork', '--kill-child'], 'light'),
    ];
    await Promise.all([one.ready, two.ready]);
    await one.ask('count', 299);
    await two.ask('count', 299);
    await expectEventually(port, 'runs_total', labels, 600);
    expect((await scrapePort(port)).value('running', {})).toBe(2);
    process.kill(insidePid(one), 'SIGSTOP');
    await expectEventually(port, 'running', {}, 1);
    await two.ask('count', 100);
    expect((await scrapePort(port)).value('runs_total', labels)).toBe(700);
    const goesOn = one.ask('count', 50);
    process.kill(insidePid(one), 'SIGCONT');
    await goesOn;
    const seen = await scrapePort(port);
    expect(seen.value('runs_total', labels)).toBe(750);
    expect(seen.value('running', {})).toBe(2);
    // Asked to end before it has written, it writes first. A namespace's first process stays.
    await one.ask('count', 7);
    process.kill(insidePid(one), 'SIGTERM');
    await expectEventually(port, 'runs_total', labels, 757);
    process.kill(insidePid(one), 'SIGKILL');
    await expectEventually(port, 'running', {}, 1);
    expect((await scrapePort(port)).value('runs_total', labels)).toBe(757);
  },
  60_000,
);

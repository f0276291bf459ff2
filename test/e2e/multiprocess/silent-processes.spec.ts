import { execFileSync } from 'node:child_process';
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { MultiprocessSource } from '../../../lib/multiprocess/multiprocess-source.js';
import { Troubles } from '../../../lib/multiprocess/troubles.js';
import { eventually } from '../../support/eventually.js';
import { scrape } from '../../unit/multiprocess/support.js';
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

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}

/** The pid that a process which was started by `unshare` has here. */
function insidePid({ pid }: Running): number {
  return childOf(pid);
}

const itWithNamespaces = canUnshare() ? it : it.skip;

itWithNamespaces(
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

/** A shell that is the first process of a namespace, which cannot stop itself, and one that can. */
const IN_NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child', 'sh', '-c', '"$@"; :', 'sh'];

const ignore = (): void => undefined;

/** Reads as somebody does who takes a file from its writer after an hour. */
class Reader {
  readonly #source: MultiprocessSource;
  #shown = 0;

  constructor(directory: string) {
    const patience = { untilRetired: 3_600_000, watched: 0, untilFolded: -1000 };
    const troubles = new Troubles(ignore, ignore);
    this.#source = new MultiprocessSource({ directory, troubles, patience });
  }

  /** What a scrape shows, which never falls. */
  async read(): Promise<number> {
    const value = (await scrape(this.#source)).value('runs_total', labels) ?? 0;
    await this.#source.idle();
    expect(value).toBeGreaterThanOrEqual(this.#shown);
    this.#shown = value;
    return value;
  }

  async tidy(): Promise<void> {
    await this.#source.tidy();
  }
}

describe('one that is stopped in the middle of writing, for so long that its file is taken, loses nothing', () => {
  // A write of the numbers, and one that makes them count.
  for (const write of [1, 2]) {
    for (const goesOn of ['before its file is in a fold', 'after that'] as const) {
      itWithNamespaces(
        `stopped before write ${write}, goes on ${goesOn}`,
        async () => {
          const { directory } = processes;
          const running = processes.startIn(IN_NAMESPACE, 'stopping');
          await running.ready;
          const pid = childOf(insidePid(running));
          const readers = [new Reader(directory), new Reader(directory)];
          const [one, two] = readers as [Reader, Reader];
          await running.ask('count', 9);
          for (const reader of readers) expect(await reader.read()).toBe(10);
          for (let round = 1; round <= 3; round++) {
            const before = 10 * round;
            await running.ask('stop before', write);
            const counted = running.ask('count', 10);
            await eventually(() => {
              expect(readFileSync(`/proc/${pid}/stat`, 'latin1')).toMatch(/\) T /);
            });
            for (const name of processes.files().filter((each) => each.endsWith('.metrics'))) {
              const long = Date.now() / 1000 - 7200;
              utimesSync(join(directory, name), long, long);
            }
            await one.tidy();
            expect(processes.files()).toContainEqual(expect.stringMatching(/retired$/));
            for (const reader of readers) expect(await reader.read()).toBe(before);
            if (goesOn === 'after that') {
              for (const reader of [one, two, one]) {
                await reader.tidy();
                expect(await reader.read()).toBe(before);
              }
              expect(processes.files()).toEqual([expect.stringMatching(/^fold-/)]);
            }
            process.kill(pid, 'SIGCONT');
            await counted;
            for (const reader of readers) {
              await eventually(async () => expect(await reader.read()).toBe(before + 10));
              await reader.tidy();
              expect(await reader.read()).toBe(before + 10);
            }
          }
          await running.ask('count', 7);
          for (const reader of readers) expect(await reader.read()).toBe(47);
        },
        60_000,
      );
    }
  }
});

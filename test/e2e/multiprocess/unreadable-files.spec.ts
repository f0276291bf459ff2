import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseExposition } from '../../support/parse-exposition.js';
import { eventually } from '../../support/eventually.js';
import { Processes, scrapePort, type Running } from './support/processes.js';

// Nothing that a scrape shows falls because something cannot be read, and nothing is lost by it.

let processes: Processes;
beforeEach(() => {
  processes = new Processes();
});
afterEach(() => processes.close());

const RUNS = 'runs_total';
const labels = { how: 'stay' };

/** A process counts, and ends. */
async function countAndEnd(by: number): Promise<void> {
  const counting = await processes.start('light');
  await counting.ask('count', by - 1);
  await counting.end('SIGKILL');
}

const folds = (): string[] => processes.files().filter((name) => name.startsWith('fold-'));

async function expectFold(port: unknown): Promise<string> {
  return eventually(async () => {
    await scrapePort(port);
    expect(processes.files()).toEqual([expect.stringMatching(/^fold-/)]);
    return join(processes.directory, folds()[0] ?? '');
  });
}

it('a fold that may not be read for a moment is not left out, and no fold takes its place', async () => {
  processes.dropRights();
  const server = await processes.start('server');
  const { port } = await server.ready;
  await countAndEnd(1500);
  const fold = await expectFold(port);
  expect((await scrapePort(port)).value(RUNS, labels)).toBe(1500);
  chmodSync(fold, 0o000);
  await countAndEnd(7);
  for (let i = 0; i < 3; i++) {
    expect((await scrapePort(port)).value(RUNS, labels)).toBe(1507);
  }
  const another = await processes.start('server');
  const { port: anotherPort } = await another.ready;
  const response = await fetch(`http://127.0.0.1:${String(anotherPort)}/metrics`);
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain(processes.directory);
  chmodSync(fold, 0o600);
  expect((await scrapePort(anotherPort)).value(RUNS, labels)).toBe(1507);
  await expectFold(anotherPort);
  expect((await scrapePort(port)).value(RUNS, labels)).toBe(1507);
  expect(another.output.match(/cannot be read/g)).toHaveLength(2);
}, 30_000);

/** Scrapes over one connection, which takes no further descriptor. */
class Connection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(readonly port: unknown) {}

  async get(path = '/metrics'): Promise<{ status: number | undefined; value: number | undefined }> {
    const body = await new Promise<{ status: number | undefined; text: string }>((done, fail) => {
      const options = { port: Number(this.port), path, agent: this.#agent };
      request({ host: '127.0.0.1', ...options }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => done({ status: response.statusCode, text }));
      })
        .on('error', fail)
        .end();
    });
    const { status, text } = body;
    if (status !== 200) return { status, value: undefined };
    return { status, value: parseExposition(text, 'text').value(RUNS, labels) };
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** No file can be opened from now on; or again. */
function limitDescriptors({ pid }: Running, isLimited: boolean): void {
  const limit = isLimited
    ? '3'
    : readFileSync('/proc/self/limits', 'utf8').split(/open files\s+/)[1];
  const soft = isLimited ? limit : limit?.split(/\s+/)[0];
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:`]);
}

const itOnLinux = process.platform === 'linux' ? it : it.skip;

itOnLinux(
  'without a free descriptor, the values read last are shown, or 503',
  async () => {
    await countAndEnd(1000);
    const counting = await processes.start('light');
    await counting.ask('count', 9);
    const server = await processes.start('server');
    const connection = new Connection((await server.ready)['port']);
    try {
      expect((await connection.get('/')).status).toBe(404);
      limitDescriptors(server, true);
      expect(await connection.get()).toEqual({ status: 503, value: undefined });
      limitDescriptors(server, false);
      await eventually(async () => {
        expect(await connection.get()).toEqual({ status: 200, value: 1010 });
      });
      limitDescriptors(server, true);
      await counting.ask('count', 5);
      for (let i = 0; i < 3; i++) {
        expect(await connection.get()).toEqual({ status: 200, value: 1010 });
      }
      limitDescriptors(server, false);
      expect(await connection.get()).toEqual({ status: 200, value: 1015 });
    } finally {
      connection.close();
    }
  },
  30_000,
);

itOnLinux(
  'links, pipes, sockets, devices and directories are left alone',
  async () => {
    const counting = await processes.start('light');
    const server = await processes.start('server');
    const { port } = await server.ready;
    const name = (last: number): string => {
      const own = processes.files().find((each) => each.endsWith('.metrics')) ?? '';
      return join(
        processes.directory,
        own.replace(/[0-9a-f]{8}\.metrics$/, `0000000${last}.metrics`),
      );
    };
    execFileSync('mkfifo', [name(1)]);
    execFileSync('mkfifo', [join(processes.directory, 'fold-7.metrics')]);
    symlinkSync('/nowhere', name(2));
    symlinkSync('/dev/zero', name(3));
    mkdirSync(name(4));
    const socket = createServer().listen(name(5));
    writeFileSync(join(processes.directory, 'notes.txt'), 'of somebody else');
    try {
      const scrapes = Array.from({ length: 4 }, () => scrapePort(port));
      for (const seen of await Promise.all(scrapes)) expect(seen.value(RUNS, labels)).toBe(1);
      const seen = await scrapePort(port);
      expect(seen.value('nestjs_exporter_multiprocess_errors_total', { cause: 'file' })).toBe(7);
      expect(server.output.match(/left out of the metrics/g)).toHaveLength(7);
      // What ends meanwhile is put together all the same.
      await counting.end('SIGKILL');
      await eventually(async () => {
        expect((await scrapePort(port)).value(RUNS, labels)).toBe(1);
        expect(folds()).toContain('fold-8.metrics');
      });
    } finally {
      socket.close();
    }
  },
  30_000,
);

/** Lets the directory be a disk that can be filled; `false`: only root may do that. */
async function mountDisk(): Promise<boolean> {
  const { directory } = processes;
  try {
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', directory]);
    return true;
  } catch {
    return false;
  }
}

/** Takes all room that is left; gives the file that has it. */
function fillDisk(): string {
  const filler = join(processes.directory, 'filler');
  execFileSync('sh', ['-c', `dd if=/dev/zero of=${filler} bs=4k 2>/dev/null || true`]);
  return filler;
}

describe('a full disk loses nothing that was counted', () => {
  // The process has written once when it says that it is ready.
  for (const writes of [1, 2, 3, 4]) {
    itOnLinux(
      `when it fills after ${writes} writes of a process`,
      async () => {
        if (!(await mountDisk())) return;
        try {
          const counting = await processes.start('light');
          const server = await processes.start('server');
          const { port } = await server.ready;
          for (let i = 1; i < writes; i++) await counting.ask('count', 1);
          const filler = fillDisk();
          for (let i = 0; i < 5; i++) {
            await counting.ask('count', 1);
            expect((await scrapePort(port)).value(RUNS, labels)).toBe(writes + i + 1);
          }
          await counting.end('SIGTERM');
          expect((await scrapePort(port)).value(RUNS, labels)).toBe(writes + 5);
          expect(readdirSync(processes.directory)).toContain('filler');
          execFileSync('rm', [filler]);
          await eventually(async () => {
            expect((await scrapePort(port)).value(RUNS, labels)).toBe(writes + 5);
            expect(folds()).toHaveLength(1);
          });
        } finally {
          execFileSync('umount', ['-l', processes.directory]);
        }
      },
      30_000,
    );
  }
});

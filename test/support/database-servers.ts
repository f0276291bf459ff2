import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** A server of a database, in a folder of its own. */
export interface DatabaseServer {
  readonly port: number;
  stop(): Promise<void>;
}

const START_MS = 60_000;

/** A Redis server that keeps nothing. */
export async function startRedis(command: string): Promise<DatabaseServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await untilSaid(child, 'stdout', /Ready to accept connections/);
  return { port, stop: () => stop(child, folder) };
}

/** A MariaDB server with the user `root`, who has no password, and the database `test`. */
export async function startMariaDb(command: string): Promise<DatabaseServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'mariadb-'));
  const data = join(folder, 'data');
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  const install = join(dirname(resolve(command)), 'mariadb-install-db');
  const made = spawnSync(
    installerBeside(install),
    [
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-name-resolve',
      ...asRoot,
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stdout}${made.stderr}`);
  const child = spawn(
    command,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      ...asRoot,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await untilSaid(child, 'stderr', /ready for connections/);
  return { port, stop: () => stop(child, folder) };
}

/** Debian has the server in `/usr/sbin`, and what makes its data in `/usr/bin`. */
function installerBeside(path: string): string {
  return spawnSync(path, ['--help']).error === undefined ? path : 'mariadb-install-db';
}

async function untilSaid(
  child: ChildProcess,
  stream: 'stdout' | 'stderr',
  words: RegExp,
): Promise<void> {
  let text = '';
  child[stream]?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await eventually(() => {
    if (!words.test(text)) throw new Error(`The server has not started: ${text}`);
  }, START_MS);
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  rmSync(folder, { recursive: true, force: true });
}

import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells one run of one process from all others, those with the same pid included. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Stands for the running system and the pid namespace, in which the pid means something. */
  readonly host: string;
  /** When the process started: Linux' ticks since boot, elsewhere seconds since the epoch. */
  readonly start: string;
}

/** A file's name is its owner's identity and something that tells files of one owner apart. */
export interface FileName extends ProcessIdentity {
  readonly kind: 'process' | 'temporary';
}

const FILE_NAME = /^(\d+)-([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.(metrics|tmp)$/;

/** Milliseconds without a sign of life after which a process that cannot be looked up is gone. */
const SILENCE_OF_OTHER_HOST = 10_000;
const SILENCE_OF_OWN_HOST = 60_000;

export function ownIdentity(): ProcessIdentity {
  const start = startTicks(process.pid) ?? String(Math.round(Date.now() / 1000 - process.uptime()));
  return { pid: process.pid, host: hostToken(), start };
}

export function createFileName(
  { pid, host, start }: ProcessIdentity,
  kind: FileName['kind'],
): string {
  const extension = kind === 'process' ? 'metrics' : 'tmp';
  return `${pid}-${host}-${start}-${randomBytes(4).toString('hex')}.${extension}`;
}

/** `undefined` for the name of something else. */
export function parseFileName(name: string): FileName | undefined {
  const match = FILE_NAME.exec(name);
  if (match === null) return undefined;
  const [, pid, host, start, extension] = match as unknown as [string, ...string[]];
  return {
    pid: Number(pid),
    host: host as string,
    start: start as string,
    kind: extension === 'metrics' ? 'process' : 'temporary',
  };
}

/** Whether a process is still there, as far as the system can tell. */
export type Existence = 'alive' | 'gone' | 'unknown';

/**
 * Looks for the process that an identity stands for. A process that is stopped or blocked is alive;
 * a zombie is gone, and so is one whose pid another process has got.
 *
 * Nobody can tell of a container that shares the directory, and on a system without `/proc` whether
 * a pid means the same process.
 */
export function lookUp({ pid, host, start }: ProcessIdentity, own: ProcessIdentity): Existence {
  if (host !== own.host) return 'unknown';
  if (!existsAsProcess(pid)) return 'gone';
  const ticks = startTicks(pid);
  if (ticks === undefined) return 'unknown';
  return ticks === start ? 'alive' : 'gone';
}

/**
 * Whether a process of which the system cannot tell has been silent for so long that it counts as
 * gone. One that comes back after that goes on with a new file.
 *
 * @param silence milliseconds since the last sign of life
 */
export function isSilent(
  { host }: ProcessIdentity,
  own: ProcessIdentity,
  silence: number,
): boolean {
  return silence > (host === own.host ? SILENCE_OF_OWN_HOST : SILENCE_OF_OTHER_HOST);
}

function existsAsProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Field 22 of `/proc/<pid>/stat`; `undefined` where there is none, `''` for a zombie.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, in parentheses, is the name of the program and may contain anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : fields[19];
  } catch {
    return undefined;
  }
}

function hostToken(): string {
  return createHash('sha256').update(hostText()).digest('hex').slice(0, 8);
}

function hostText(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

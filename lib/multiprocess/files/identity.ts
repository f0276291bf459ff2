import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { ownThread } from '../../core/own-thread.js';

/**
 * What tells one run of one process from all others, those with the same pid included. A worker
 * thread is a process of its own here: it counts for itself, and can end while its process goes on.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** 0 for the main thread; otherwise the thread's id on Linux, and Node's id elsewhere. */
  readonly thread: number;
  /** Stands for the running system and the pid namespace, in which the pid means something. */
  readonly host: string;
  /** When it started: Linux' ticks since boot, elsewhere seconds since the epoch. */
  readonly start: string;
}

/**
 * - `process`: a process writes to it
 * - `retired`: a process that was silent for very long wrote to it; it stays as it is
 * - `temporary`: it is not complete
 */
export type FileKind = 'process' | 'retired' | 'temporary';

/** A file's name is its owner's identity and something that tells files of one owner apart. */
export interface FileName extends ProcessIdentity {
  /** The name without its extension, which stays when the file is retired. */
  readonly id: string;
  readonly kind: FileKind;
}

const FILE_NAME = /^((\d+)(?:t(\d+))?-([0-9a-f]{8})-(\d+)-[0-9a-f]{8})\.(metrics|retired|tmp)$/;

const EXTENSIONS: Readonly<Record<FileKind, string>> = {
  process: 'metrics',
  retired: 'retired',
  temporary: 'tmp',
};

/** Milliseconds without a sign of life after which a process that cannot be looked up is gone. */
const SILENCE_OF_OTHER_HOST = 10_000;
const SILENCE_OF_OWN_HOST = 60_000;

/** The process and thread in which this runs. */
export function ownIdentity(): ProcessIdentity {
  const { pid } = process;
  const { isMain, id } = ownThread();
  const thread = isMain ? 0 : (systemThreadId() ?? id);
  const start = startTicks(pid, thread) ?? String(Math.round(Date.now() / 1000 - process.uptime()));
  return { pid, thread, host: hostToken(), start };
}

/** A new id for a file of a process. */
export function createFileId({ pid, thread, host, start }: ProcessIdentity): string {
  const who = thread === 0 ? String(pid) : `${pid}t${thread}`;
  return `${who}-${host}-${start}-${randomBytes(4).toString('hex')}`;
}

export function fileNameOf(id: string, kind: FileKind): string {
  return `${id}.${EXTENSIONS[kind]}`;
}

/** `undefined` for the name of something else. */
export function parseFileName(name: string): FileName | undefined {
  const match = FILE_NAME.exec(name);
  if (match === null) return undefined;
  const [, id, pid, thread = 0, host, start, extension] = match as unknown as [string, ...string[]];
  return {
    id: id as string,
    pid: Number(pid),
    thread: Number(thread),
    host: host as string,
    start: start as string,
    kind: extension === 'tmp' ? 'temporary' : extension === 'retired' ? 'retired' : 'process',
  };
}

const FOLD_NAME = /^fold-(\d{1,15})\.metrics$/;

/**
 * The name of a fold: the file that holds what ended processes have counted. Each new one has the
 * next number. The one with the highest number counts, see `fold.ts`.
 */
export function foldName(number: number): string {
  return `fold-${number}.metrics`;
}

/** `undefined` for the name of something else. */
export function foldNumber(name: string): number | undefined {
  const match = FOLD_NAME.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** The numbers of all folds among some names, the highest first. */
export function foldNumbers(names: readonly string[]): number[] {
  return names.flatMap((name) => foldNumber(name) ?? []).sort((a, b) => b - a);
}

/** The same for all files of one process or thread. */
export function identityKey({ pid, thread, host, start }: ProcessIdentity): string {
  return `${pid} ${thread} ${host} ${start}`;
}

/** Whether a process is still there, as far as the system can tell. */
export type Existence = 'alive' | 'gone' | 'unknown';

/**
 * Looks for the process or thread that an identity stands for. A process that is stopped or blocked
 * is alive; a zombie is gone, and so is one whose pid another process has got.
 *
 * Nobody can tell of a container that shares the directory, and on a system without `/proc` whether
 * a pid means the same process.
 */
export function lookUp(identity: ProcessIdentity, own: ProcessIdentity): Existence {
  const { pid, thread, host, start } = identity;
  if (host !== own.host) return 'unknown';
  if (!existsAsProcess(pid)) return 'gone';
  const ticks = startTicks(pid, thread);
  if (ticks === undefined) return thread !== 0 && hasNoThread(pid) ? 'gone' : 'unknown';
  return ticks === start ? 'alive' : 'gone';
}

/**
 * Whether a process of which the system cannot tell has been silent for so long that it counts as
 * ended. One that goes on after that counts as alive again.
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

/** Whether the process is there, and the thread that was looked for among its threads is not. */
function hasNoThread(pid: number): boolean {
  return startTicks(pid, 0) !== undefined;
}

/**
 * Field 22 of `/proc/<pid>/stat`, or of that of a thread; `undefined` where there is none, `''` for a
 * zombie.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function startTicks(pid: number, thread: number): string | undefined {
  if (!isProcOfOwnNamespace()) return undefined;
  try {
    const place = thread === 0 ? `${pid}` : `${pid}/task/${thread}`;
    const stat = readFileSync(`/proc/${place}/stat`, 'latin1');
    // The second field, in parentheses, is the name of the program and may contain anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : fields[19];
  } catch {
    return undefined;
  }
}

/**
 * In a new pid namespace, `/proc` may still be that of the old one, where this process has another
 * pid and other pids stand for other processes.
 */
function isProcOfOwnNamespace(): boolean {
  return readLink('/proc/self') === String(process.pid);
}

/** Linux' id of the thread that calls this. */
function systemThreadId(): number | undefined {
  const id = Number(/\/task\/(\d+)$/.exec(readLink('/proc/thread-self') ?? '')?.[1]);
  return Number.isInteger(id) && isProcOfOwnNamespace() ? id : undefined;
}

function hostToken(): string {
  return createHash('sha256').update(hostText()).digest('hex').slice(0, 8);
}

function hostText(): string {
  const namespace = readLink('/proc/self/ns/pid');
  try {
    if (namespace === undefined) return hostname();
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')} ${namespace}`;
  } catch {
    return hostname();
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../support/eventually.js';
import type { Exposition } from '../../../support/exposition.js';
import { parseExposition } from '../../../support/parse-exposition.js';
import { Compiled } from '../../../support/compiled.js';

type Message = Readonly<Record<string, unknown>>;

/** Processes of one test and the directory that they share; all ended and removed by `close()`. */
export class Processes {
  readonly directory = mkdtempSync(join(tmpdir(), 'multiprocess-test-'));
  readonly #compiled = new Compiled('test/e2e/multiprocess/fixtures');
  readonly #children = new Set<ChildProcess>();

  #user: number | undefined;

  /** Lets further processes run without the rights of root, who may read everything. */
  dropRights(): void {
    if (process.getuid?.() !== 0) return;
    this.#user = 65_534;
    chownSync(this.directory, this.#user, this.#user);
  }

  /** Path of a compiled fixture. */
  fixture(name: string): string {
    return this.#compiled.fixture(name);
  }

  /** The environment of a process: that of the test without what Jest needs. */
  env(more: Record<string, string> = {}): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _, JEST_WORKER_ID: __, ...env } = process.env;
    return { ...env, PROMETHEUS_MULTIPROC_DIR: this.directory, ...more };
  }

  /** Starts a fixture, and waits until it says that it is ready. */
  async start(name: string, env: Record<string, string | undefined> = {}): Promise<Running> {
    const running = this.startWithoutWaiting(name, env);
    await running.ready;
    return running;
  }

  startWithoutWaiting(name: string, env: Record<string, string | undefined> = {}): Running {
    const child = fork(this.fixture(name), [], {
      ...(this.#user === undefined ? {} : { uid: this.#user, gid: this.#user }),
      env: { ...this.env(), ...env },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return new Running(child);
  }

  /** Starts a fixture by another program, `unshare` say. */
  startIn([program = '', ...args]: readonly string[], name: string): Running {
    const child = spawn(program, [...args, process.execPath, this.fixture(name)], {
      env: this.env(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return new Running(child);
  }

  files(): string[] {
    return readdirSync(this.directory);
  }

  async close(): Promise<void> {
    const ends = [...this.#children].map(async (child) => {
      const end = once(child, 'exit');
      child.kill('SIGKILL');
      await end;
    });
    await Promise.all(ends);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
    this.#compiled.remove();
  }
}

/** A process that runs a fixture. */
export class Running {
  readonly pid: number;
  /** What it said when it was ready: ports, for example. */
  readonly ready: Promise<Message>;
  readonly exit: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  output = '';

  constructor(readonly child: ChildProcess) {
    this.pid = child.pid ?? 0;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.exit = once(child, 'exit') as typeof this.exit;
    this.ready = this.#readyOrExit();
    // Whoever does not wait for it does not want to hear of it.
    this.ready.catch(() => undefined);
  }

  /** Ends it by a signal, and waits for that. */
  async end(signal: NodeJS.Signals): Promise<[number | null, NodeJS.Signals | null]> {
    this.child.kill(signal);
    return this.exit;
  }

  /** Sends a command and waits for the answer to it. */
  async ask(command: string, value?: unknown): Promise<Message> {
    const answer = once(this.child, 'message') as Promise<[Message]>;
    this.child.send({ command, value });
    return (await answer)[0];
  }

  async scrape(port: unknown): Promise<Exposition> {
    return parseExposition(await scrapeText(port), 'text');
  }

  async #readyOrExit(): Promise<Message> {
    const ready = once(this.child, 'message') as Promise<[Message]>;
    const ended = this.exit.then(([code, signal]) => {
      throw new Error(`ended (${code ?? signal}) before it was ready: ${this.output}`);
    });
    return (await Promise.race([ready, ended]))[0];
  }
}

export async function scrapeText(port: unknown): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${String(port)}/metrics`);
  const body = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${body}`);
  return body;
}

export async function scrapePort(port: unknown): Promise<Exposition> {
  return parseExposition(await scrapeText(port), 'text');
}

/** Waits until a sample has a value, in scrapes of a port. */
export function expectEventually(
  port: unknown,
  name: string,
  labels: Record<string, string>,
  value: number | undefined,
): Promise<void> {
  return eventually(async () => {
    expect((await scrapePort(port)).value(name, labels)).toBe(value);
  }, 20_000);
}

/** Sends requests one after the other, and gives how many of them were answered. */
export async function sendRequests(port: unknown, count: number): Promise<number> {
  let answered = 0;
  for (let i = 0; i < count; i++) {
    const response = await fetch(`http://127.0.0.1:${String(port)}/hello`);
    await response.text();
    if (response.ok) answered += 1;
  }
  return answered;
}

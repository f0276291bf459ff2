import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

interface Reply {
  readonly result?: unknown;
  readonly error?: string;
}

/** Whether processes can be kept on one core each. */
export const canPin =
  process.platform === 'linux' &&
  availableParallelism() > 1 &&
  spawnSync('taskset', ['-V'], { stdio: 'ignore' }).status === 0;

export interface WorkerOptions {
  readonly args?: readonly string[];
  readonly nodeFlags?: readonly string[];
  /** The core that the process stays on, where the system can do that. */
  readonly core?: number | undefined;
}

/** A process that answers one question at a time; see `answer()`. */
export class Worker {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param script URL of the module that the process runs; it is ready when it calls `answer()` */
  static async start(script: URL, options: WorkerOptions = {}): Promise<Worker> {
    const { args = [], nodeFlags = [], core } = options;
    const command = [process.execPath, ...nodeFlags, script.pathname, ...args];
    if (core !== undefined && canPin) command.unshift('taskset', '-c', String(core));
    const child = spawn(command[0] as string, command.slice(1), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const worker = new Worker(child);
    await worker.#reply();
    return worker;
  }

  async ask<T>(question: string, value?: unknown): Promise<T> {
    this.#child.send({ question, value });
    return (await this.#reply()) as T;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }

  async #reply(): Promise<unknown> {
    const end = new AbortController();
    try {
      const reply = (await Promise.race([
        once(this.#child, 'message', { signal: end.signal }).then(([message]) => message as Reply),
        once(this.#child, 'exit', { signal: end.signal }).then(([code]) => ({
          error: `the process ended with ${code}`,
        })),
      ])) as Reply;
      if (reply.error !== undefined) throw new Error(reply.error);
      return reply.result;
    } finally {
      end.abort();
    }
  }
}

/**
 * The other side of `Worker`: answers each question with what its function gives, until whoever
 * asks is gone.
 */
export function answer(questions: Readonly<Record<string, (value: never) => unknown>>): void {
  process.on('message', (message: { question: string; value: never }) => {
    void (async () => {
      try {
        process.send?.({ result: await questions[message.question]?.(message.value) });
      } catch (error) {
        process.send?.({ error: error instanceof Error ? error.stack : String(error) });
      }
    })();
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ result: undefined });
}

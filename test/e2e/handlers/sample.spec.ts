import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startRedis } from '../../support/database-servers.js';
import { eventually } from '../../support/eventually.js';
import type { Exposition } from '../../support/exposition.js';
import { freePort } from '../../support/free-port.js';
import { parseExposition } from '../../support/parse-exposition.js';
import { describeWithTools } from '../../support/with-real-tools.js';

const SAMPLE = join(import.meta.dirname, '../../../build/sample/06-everything');
const DURATION = 'nestjs_handler_duration_seconds_count';
const ATTEMPTS = 'nestjs_queue_attempts_total';

const START_MS = 60_000;

/** The sample in a process of its own, and what visits it. */
class Bakery {
  readonly #env: NodeJS.ProcessEnv;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  /** What it has said. */
  log = '';

  constructor(
    private readonly port: number,
    messagesPort: number,
    redisUrl?: string,
  ) {
    const { REDIS_URL: _, NODE_OPTIONS: __, ...env } = process.env;
    const ports = { PORT: String(port), MESSAGES_PORT: String(messagesPort) };
    const redis = redisUrl === undefined ? {} : { REDIS_URL: redisUrl };
    this.#env = { ...env, ...ports, ...redis };
    this.#process = spawn(process.execPath, [join(SAMPLE, 'main.js')], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    }
    this.#ended = once(this.#process, 'exit');
  }

  async shown(): Promise<Exposition> {
    const response = await fetch(`http://127.0.0.1:${this.port}/metrics`);
    return parseExposition(await response.text(), 'text');
  }

  async started(): Promise<void> {
    await eventually(() => this.shown(), START_MS);
  }

  /** @returns what the visitor says */
  visit(): string {
    const options = { env: this.#env, encoding: 'utf8' } as const;
    return spawnSync(process.execPath, [join(SAMPLE, 'visit.js')], options).stdout;
  }

  /** @returns its exit code and the signal that it ended by */
  async end(): Promise<unknown[]> {
    this.#process.kill('SIGTERM');
    return this.#ended;
  }
}

/** Starts the sample, visits it, and ends it. */
async function visited(
  redisUrl: string | undefined,
  look: (shown: Exposition) => void,
): Promise<void> {
  const bakery = new Bakery(await freePort(), await freePort(), redisUrl);
  try {
    await bakery.started().catch((error: unknown) => {
      throw new Error(`The sample has not started: ${bakery.log}`, { cause: error });
    });
    expect(bakery.visit()).toContain('WebSocket: {"event":"placed","data":4}');
    await eventually(async () => look(await bakery.shown()), START_MS);
  } finally {
    expect(await bakery.end()).toEqual([null, 'SIGTERM']);
  }
}

function expectCalls(shown: Exposition): void {
  const calls = (kind: string): number => shown.sum(DURATION, { kind });
  expect(['graphql', 'rpc', 'ws'].map(calls)).toEqual([1, 1, 1]);
  expect(calls('cron')).toBeGreaterThan(0);
  expect(calls('interval')).toBeGreaterThan(0);
  expect(shown.sum('bakery_orders_total', { taken: 'true' })).toBe(4);
  expect(shown.sum('bakery_orders_total', { item: 'other', taken: 'false' })).toBe(1);
}

describe('sample/06-everything', () => {
  it(
    'shows a call of each kind, without a Redis',
    () =>
      visited(undefined, (shown) => {
        expectCalls(shown);
        expect(shown.sum(DURATION, { kind: 'event' })).toBe(4);
        expect(shown.sum(DURATION, { kind: 'queue' })).toBe(0);
      }),
    2 * START_MS,
  );
});

describeWithTools('sample/06-everything', ['redis-server'], (commands) => {
  it(
    'shows the jobs of its queue, with a Redis',
    async () => {
      const redis = await startRedis(commands['redis-server']);
      try {
        await visited(`redis://127.0.0.1:${redis.port}`, (shown) => {
          expectCalls(shown);
          const handler = 'ParcelProcessor.process';
          expect(shown.value(ATTEMPTS, { handler, outcome: 'completed' })).toBe(4);
          // The cake is packed at the second attempt.
          expect(shown.value(ATTEMPTS, { handler, outcome: 'retried' })).toBe(1);
          expect(shown.value(ATTEMPTS, { handler, outcome: 'failed' })).toBe(0);
          expect(shown.value('nestjs_queue_wait_seconds_count', { handler })).toBe(4);
          expect(shown.sum(DURATION, { kind: 'queue', handler })).toBe(5);
          expect(shown.sum(DURATION, { kind: 'event' })).toBe(8);
        });
      } finally {
        await redis.stop();
      }
    },
    2 * START_MS,
  );
});

import type { ContestantName, Platform } from '../apps/contestants.js';
import type { LoadRequest, LoadResult } from './load.worker.js';
import { Worker } from './worker.js';

const APP_CORE = 0;
const LOAD_CORE = 1;

const APP = new URL('../apps/app.worker.js', import.meta.url);
const LOAD = new URL('./load.worker.js', import.meta.url);

/** Who takes part in a contest. */
export interface Entry {
  readonly label: string;
  readonly contestant: ContestantName;
  /** URL of the library's entry point. */
  readonly library: string;
}

export interface ContestOptions {
  readonly platform: Platform;
  /** The first one is what the others are compared with. */
  readonly entries: readonly Entry[];
  readonly load: Omit<LoadRequest, 'url' | 'seconds'>;
  /** How often all applications are started anew: no two starts are optimized alike. */
  readonly starts: number;
  /** How often each application is measured in turn between two starts. */
  readonly turns: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Whether each side stays on a core of its own. */
  readonly isPinned: boolean;
}

export interface Measurement extends LoadResult {
  /** Microseconds of the server's processor time for a request. */
  readonly cpuPerRequest: number;
  /** Share of a core that the server used. */
  readonly utilization: number;
}

/**
 * Serves each entry in a process of its own on one core and loads them in turn from the other, in
 * an order that changes with each round.
 *
 * @returns for each entry, a measurement for each round
 */
export async function contest(options: ContestOptions): Promise<Measurement[][]> {
  const { entries, starts, turns, isPinned } = options;
  const results: Measurement[][] = entries.map(() => []);
  const load = await Worker.start(LOAD, isPinned ? { core: LOAD_CORE } : {});
  try {
    for (let start = 0; start < starts; start++) {
      const apps = await Promise.all(
        entries.map(({ contestant, library }) => {
          const args = [options.platform, contestant, library];
          return Worker.start(APP, isPinned ? { args, core: APP_CORE } : { args });
        }),
      );
      try {
        for (const app of apps) {
          if (options.warmUpSeconds > 0) await measure(app, load, options, options.warmUpSeconds);
        }
        for (let turn = 0; turn < turns; turn++) {
          for (const i of order(entries.length, start * turns + turn)) {
            const measured = await measure(apps[i] as Worker, load, options, options.seconds);
            (results[i] as Measurement[]).push(measured);
          }
        }
      } finally {
        await Promise.all(apps.map((app) => app.stop()));
      }
    }
  } finally {
    await load.stop();
  }
  return results;
}

async function measure(
  app: Worker,
  load: Worker,
  options: ContestOptions,
  seconds: number,
): Promise<Measurement> {
  const url = await app.ask<string>('url');
  await app.ask('cpu');
  const result = await load.ask<LoadResult>('load', { ...options.load, url, seconds });
  const cpu = await app.ask<number>('cpu');
  return {
    ...result,
    cpuPerRequest: cpu / result.requests,
    utilization: ((cpu / result.requests) * result.perSecond) / 1e6,
  };
}

/** Begins one further each time, and turns round every other time. */
export function order(length: number, round: number): number[] {
  const indexes = Array.from({ length }, (_, i) => (i + round) % length);
  return round % 2 === 0 ? indexes : indexes.toReversed();
}

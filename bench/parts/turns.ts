import type { Platform } from '../apps/contestants.js';
import { order, type Entry } from '../support/contest.js';
import { KeptConnections } from '../support/kept-connections.js';
import { markdownTable } from '../support/markdown.js';
import { percent, ratioText, verdictOf } from '../support/ratio-table.js';
import type { Settings } from '../support/settings.js';
import { ratios, summaryOf } from '../support/statistics.js';
import { Worker } from '../support/worker.js';
import { HTTP_TARGETS, withControl } from './http.js';

const APP = new URL('../apps/app.worker.js', import.meta.url);

const CONNECTIONS = 8;

/** Rounds after which V8 has compiled what is used. */
const WARM_UP = 50;

interface App {
  readonly worker: Worker;
  readonly connections: KeptConnections;
}

/**
 * Processor time of a request over real connections, each application in a process of its own. The
 * turns are so short that what the machine does beside them is the same for all.
 */
export async function turns(settings: Settings): Promise<string> {
  const chapters: string[] = [];
  for (const platform of settings.platforms) {
    const table = await tableOf(platform, settings);
    console.log(`\n${platform}\n\n${table}`);
    chapters.push(
      `### ${platform === 'express' ? 'Express' : 'Fastify'}, in short turns\n\n${table}`,
    );
  }
  return chapters.join('\n\n');
}

async function tableOf(platform: Platform, settings: Settings): Promise<string> {
  const { starts, quick } = settings;
  const entries = withControl(settings, ['bare', 'library']);
  const times: number[][] = entries.map(() => []);
  for (let start = 0; start < starts; start++) {
    const apps = await Promise.all(entries.map((entry) => startOf(platform, entry)));
    try {
      const rounds = quick ? 1 : WARM_UP + 100;
      for (let round = 0; round < rounds; round++) {
        for (const i of order(apps.length, round)) {
          const time = await timeOf(apps[i] as App, quick ? 40 : 500);
          if (quick || round >= WARM_UP) times[i]?.push(time);
        }
      }
    } finally {
      await Promise.all(apps.map(stop));
    }
  }
  const shares = times.map((row) => summaryOf(ratios(times[0] as number[], row)));
  const noise = Math.abs(1 - (shares.at(-1)?.median ?? NaN));
  const rows = entries.map(({ label, contestant }, i) => {
    const share = shares[i] as NonNullable<(typeof shares)[number]>;
    return [
      label,
      summaryOf(times[i] as number[]).median.toFixed(1),
      i === 0 ? '1' : ratioText(share),
      contestant === 'library' ? verdictOf(HTTP_TARGETS[platform], share.median, noise) : '',
    ];
  });
  return [
    markdownTable(['', 'µs processor time', 'ratio', 'target'], rows),
    '',
    `The ratio is how many of the bare application's requests a core answers. That application ` +
      `against itself is off by ${percent(noise)} in the middle of ${times[0]?.length} rounds, ` +
      `over ${starts} starts.`,
  ].join('\n');
}

async function startOf(platform: Platform, { contestant, library }: Entry): Promise<App> {
  const worker = await Worker.start(APP, { args: [platform, contestant, library] });
  const url = await worker.ask<string>('url');
  return { worker, connections: await KeptConnections.open(url, '/hello', CONNECTIONS) };
}

async function timeOf({ worker, connections }: App, requests: number): Promise<number> {
  await worker.ask('cpu');
  await connections.send(requests);
  return (await worker.ask<number>('cpu')) / requests;
}

async function stop({ worker, connections }: App): Promise<void> {
  connections.close();
  await worker.stop();
}

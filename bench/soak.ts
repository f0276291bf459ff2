import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { hundredPaths } from './apps/hello.controller.js';
import { Counters } from './support/counters.js';
import { Worker } from './support/worker.js';

const APP = new URL('./apps/app.worker.js', import.meta.url);
const LIBRARY = new URL('../lib/index.js', import.meta.url).href;

/** Requests at once. */
const CLIENTS = 8;
/** Milliseconds. */
const SCRAPE_EVERY = 200;
const HEAP_EVERY = 1000;

/** What the heap may grow in a minute after it has settled, in bytes: its readings vary by less. */
const MOST_GROWTH = 2 * 2 ** 20;

/** Until an application has answered so many requests, its code is still being optimized. */
const FEW_REQUESTS = 20_000;

const TOTAL = 'nestjs_http_request_total';
const COUNT = 'nestjs_http_request_duration_seconds_count';

/**
 * `npm run soak [-- --seconds 60]`: records and scrapes at once on each adapter, for half of the
 * time each. No counter may ever fall, the sums have to be the requests that were sent, and the
 * heap has to stay flat, if there were enough requests to tell.
 */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
for (const platform of ['express', 'fastify']) await soak(platform, Number(values.seconds) / 2);

async function soak(platform: string, seconds: number): Promise<void> {
  const args = [platform, 'library-100', LIBRARY];
  const app = await Worker.start(APP, { args, nodeFlags: ['--expose-gc'] });
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS * 2 });
  try {
    const url = await app.ask<string>('url');
    const counters = new Counters();
    const heap: [seconds: number, bytes: number][] = [];
    const paths = hundredPaths().slice(0, 100);
    let sent = 0;
    // All label sets there will be: those of the routes, and what unknown paths may take.
    for (const path of [...paths, ...Array.from({ length: 101 }, (_, i) => `/unknown/${i}`)]) {
      for (const method of ['GET', 'HEAD']) await send(`${url}${path}`, method, agent);
      sent += 2;
    }
    const start = performance.now();
    const elapsed = (): number => (performance.now() - start) / 1000;
    let scrapes = 0;

    const client = async (i: number): Promise<void> => {
      for (let n = i; elapsed() < seconds; n += CLIENTS) {
        // One in ten matches no route, with a path that was never there before.
        const path = n % 10 === 9 ? `/nowhere/${n}` : (paths[n % paths.length] as string);
        await send(`${url}${path}`, n % 7 === 0 ? 'HEAD' : 'GET', agent);
        sent += 1;
      }
    };
    const scraper = async (): Promise<void> => {
      while (elapsed() < seconds) {
        counters.take(await scrape(url, agent, scrapes % 3));
        scrapes += 1;
        await setTimeout(SCRAPE_EVERY);
      }
    };
    const observer = async (): Promise<void> => {
      while (elapsed() < seconds) {
        heap.push([elapsed(), await app.ask<number>('heap')]);
        await setTimeout(HEAP_EVERY);
      }
    };
    await Promise.all([
      ...Array.from({ length: CLIENTS }, (_, i) => client(i)),
      scraper(),
      observer(),
    ]);

    // A request is recorded when its response is closed, which is after its client has it.
    for (let i = 0; i < 100 && counters.sum(TOTAL) < sent; i++) {
      counters.take(await scrape(url, agent, 0));
    }
    // Metrics that were written before that in the same scrape may show an earlier moment.
    counters.take(await scrape(url, agent, 0));
    for (const name of [TOTAL, COUNT]) {
      const counted = counters.sum(name);
      if (counted !== sent) throw new Error(`${name} is ${counted}, ${sent} requests were sent`);
    }
    const settled = heap.filter(([at]) => at > seconds / 2);
    const growth = slope(settled) * 60;
    console.log(
      `${platform}: ${sent} requests, ${scrapes} scrapes of ${counters.size} samples, all sums right; heap ` +
        `${mebibytes(settled[0]?.[1])} to ${mebibytes(settled.at(-1)?.[1])} MiB, ${mebibytes(growth)} MiB per minute`,
    );
    if (sent < FEW_REQUESTS) {
      console.log(`${platform}: too few requests to judge the heap, ${FEW_REQUESTS} are needed`);
    } else if (growth > MOST_GROWTH) {
      throw new Error(`The heap grows by ${mebibytes(growth)} MiB per minute`);
    }
  } finally {
    agent.destroy();
    await app.stop();
  }
}

/** Text, OpenMetrics and gzip in turn. */
async function scrape(url: string, agent: Agent, kind: number): Promise<string> {
  const headers = [
    {},
    { accept: 'application/openmetrics-text; version=1.0.0' },
    { 'accept-encoding': 'gzip' },
  ];
  const { status, body } = await send(`${url}/metrics`, 'GET', agent, headers[kind]);
  if (status !== 200) throw new Error(`A scrape was answered with ${status}`);
  return (kind === 2 ? gunzipSync(body) : body).toString();
}

function send(
  url: string,
  method: string,
  agent: Agent,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () =>
        resolve({ status: response.statusCode, body: Buffer.concat(chunks) }),
      );
      response.once('error', reject);
    });
    sent.once('error', reject).end();
  });
}

/** The slope of the line that fits the points best. */
function slope(points: readonly (readonly [number, number])[]): number {
  const x = mean(points.map(([at]) => at));
  const y = mean(points.map(([, bytes]) => bytes));
  const covariance = mean(points.map(([at, bytes]) => (at - x) * (bytes - y)));
  return covariance / mean(points.map(([at]) => (at - x) ** 2));
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

function mebibytes(bytes = NaN): string {
  return (bytes / 2 ** 20).toFixed(1);
}

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { eventually } from './eventually.js';
import type { LabelSet } from './exposition.js';

export interface ScrapeJob {
  /** The label `job` of what it stores. */
  readonly job: string;
  /** Host and port. */
  readonly target: string;
  /** @default '/metrics' */
  readonly path?: string;
  /** Further fields of `scrape_configs`, `basic_auth` say. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface QueryResult {
  readonly labels: LabelSet;
  readonly value: number;
}

/** How often it scrapes, and how long a scrape may take: a busy machine needs the time. */
const INTERVAL = '1s';

/** A real Prometheus server, on a loopback port of its own, with its data in a new directory. */
export class PrometheusServer {
  private constructor(
    private readonly child: ChildProcessByStdio<null, null, Readable>,
    private readonly directory: string,
    readonly url: string,
  ) {}

  /**
   * Starts it, and waits until it is ready.
   *
   * @param command the program
   * @param features that it has to be told to have, `native-histograms` say
   * @throws Error with the last lines of its log when it ends instead
   */
  static async start(
    command: string,
    jobs: readonly ScrapeJob[],
    features: readonly string[] = [],
  ): Promise<PrometheusServer> {
    const directory = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const file = join(directory, 'prometheus.yml');
    // YAML takes JSON as it is.
    await writeFile(file, JSON.stringify(configuration(jobs)));
    const child = spawn(
      command,
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
        ...(features.length === 0 ? [] : [`--enable-feature=${features.join()}`]),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    try {
      return new PrometheusServer(child, directory, await addressWhenReady(child));
    } catch (error) {
      child.kill('SIGKILL');
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** An instant query, as of now. */
  async query(expression: string): Promise<QueryResult[]> {
    const response = await fetch(
      `${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`,
    );
    const { status, error, data } = (await response.json()) as QueryResponse;
    if (status !== 'success' || data === undefined) throw new Error(`${expression}: ${error}`);
    if (data.resultType === 'scalar') return [{ labels: {}, value: toNumber(data.result[1]) }];
    return data.result.map(({ metric, value }) => ({ labels: metric, value: toNumber(value[1]) }));
  }

  /** The value of a query that has exactly one result. */
  async value(expression: string): Promise<number> {
    const results = await this.query(expression);
    const [only] = results;
    if (only === undefined || results.length > 1) {
      throw new Error(`${expression} has ${results.length} results`);
    }
    return only.value;
  }

  /**
   * Waits for the result of a scrape that began after this call: it has seen all that was recorded
   * before. The scrape may have failed; ask for `up`.
   */
  async waitForScrapeAfter(job: string, sinceMs = Date.now()): Promise<void> {
    await eventually(async () => {
      const startedMs = (await this.value(`timestamp(up{job="${job}"})`)) * 1000;
      if (startedMs <= sinceMs) throw new Error(`no scrape of ${job} since ${sinceMs}`);
    }, 15_000);
  }

  /** Why the last scrape of a job failed; `''` when it did not. */
  async lastError(job: string): Promise<string> {
    const response = await fetch(`${this.url}/api/v1/targets`);
    const { data } = (await response.json()) as TargetsResponse;
    return data.activeTargets.find(({ labels }) => labels['job'] === job)?.lastError ?? 'no target';
  }

  /** The label sets of the exemplars that it keeps for a series. */
  async exemplars(selector: string): Promise<LabelSet[]> {
    const span = 'start=2020-01-01T00:00:00Z&end=2100-01-01T00:00:00Z';
    const response = await fetch(
      `${this.url}/api/v1/query_exemplars?query=${encodeURIComponent(selector)}&${span}`,
    );
    const { data } = (await response.json()) as ExemplarsResponse;
    return data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels));
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      // Its data is thrown away: nothing to be written first.
      this.child.kill('SIGKILL');
      await exited;
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}

type QueryResponse = {
  readonly status: string;
  readonly error?: string;
  readonly data?:
    | { readonly resultType: 'scalar'; readonly result: readonly [number, string] }
    | {
        readonly resultType: 'vector';
        readonly result: readonly { metric: LabelSet; value: readonly [number, string] }[];
      };
};

interface ExemplarsResponse {
  readonly data: readonly { readonly exemplars: readonly { readonly labels: LabelSet }[] }[];
}

interface TargetsResponse {
  readonly data: {
    readonly activeTargets: readonly { readonly labels: LabelSet; readonly lastError: string }[];
  };
}

function configuration(jobs: readonly ScrapeJob[]): unknown {
  return {
    global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL },
    scrape_configs: jobs.map(({ job, target, path = '/metrics', more }) => ({
      job_name: job,
      metrics_path: path,
      static_configs: [{ targets: [target] }],
      ...more,
    })),
  };
}

/** Reads the server's log for the address it has got, until it says that it is ready. */
async function addressWhenReady(child: ChildProcessByStdio<null, null, Readable>): Promise<string> {
  const lines: string[] = [];
  let address: string | undefined;
  // Either of the two may be said first.
  let isReady = false;
  const log = createInterface({ input: child.stderr });
  const ready = new Promise<string>((resolve, reject) => {
    log.on('line', (line) => {
      lines.push(line);
      if (lines.length > 20) lines.shift();
      address ??= /msg="Listening on" address=(\S+)/.exec(line)?.[1];
      isReady ||= line.includes('Server is ready');
      if (isReady && address !== undefined) resolve(`http://${address}`);
    });
    child.once('error', reject);
    log.once('close', () => reject(new Error(`Prometheus ended:\n${lines.join('\n')}`)));
  });
  return ready;
}

function toNumber(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

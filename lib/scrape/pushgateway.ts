/** Pushes what a scrape would show to a Pushgateway, for jobs that end before they are scraped. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { CATALOGUE, catalogued } from '../core/catalogue.js';
import type { CloseTime } from '../core/close-time.js';
import { errorText } from '../core/errors.js';
import { markOwnRequest } from '../core/own-requests.js';
import type { Part } from '../core/part.js';
import { clearInterval, clearTimeout, setInterval, setTimeout } from '../core/timers.js';
import { TEXT_FORMAT } from '../exposition/text-formats.js';
import { CounterMetric, type CounterSeries } from '../metrics/counter.js';
import type { PushgatewaySettings } from '../options/pushgateway-options.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import type { ScrapeService } from './scrape-service.js';

/** How long a push may take while the application runs. In milliseconds. */
const MOST_MILLISECONDS = 10_000;

/** Bytes of an answer that are read, to say what is wrong. */
const MOST_ANSWER = 1000;

export interface PushgatewayParts {
  readonly scrapes: ScrapeService;
  readonly registry: Pick<OwnMetrics, 'use'>;
  /** Of the library's own metrics, with its `_`. */
  readonly prefix: string;
  /** Told of each push that failed of itself, not of one that code has asked for. */
  readonly warn: (message: string) => void;
}

/** The pushes of one application, one at a time. */
export class Pushgateway implements Part {
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #errors: CounterSeries;
  #timer: NodeJS.Timeout | undefined;
  #isStarted = false;
  /** The push that is under way, or the last one; never rejects. */
  #last: Promise<unknown> = Promise.resolve();
  #underWay: AbortController | undefined;

  constructor(
    private readonly settings: PushgatewaySettings,
    private readonly parts: PushgatewayParts,
  ) {
    this.#url = groupUrl(settings);
    this.#headers = { ...credentials(new URL(settings.url)), ...settings.headers };
    const { registry, prefix } = parts;
    this.#errors = registry
      .use(new CounterMetric(catalogued(CATALOGUE.pushErrors, prefix)))
      .labels([]);
  }

  start(): void {
    this.#isStarted = true;
    const { intervalSeconds } = this.settings;
    if (intervalSeconds === undefined) return;
    this.#timer = setInterval(() => {
      if (this.#underWay === undefined) void this.#next(MOST_MILLISECONDS, false).catch(this.#tell);
    }, intervalSeconds * 1000);
    this.#timer.unref();
  }

  /** Pushes once more, in place of a push that is under way. */
  async stop(time: CloseTime | undefined): Promise<void> {
    clearInterval(this.#timer);
    this.#underWay?.abort(new Superseded());
    await this.#last;
    if (!this.#isStarted || time === undefined) return;
    this.#isStarted = false;
    await this.#next(time.left, true).catch(this.#tell);
  }

  /**
   * Pushes what a scrape would show now, when a push that is under way is over.
   *
   * @throws Error that says what the gateway answered, or why there was no answer; it is counted
   */
  push(): Promise<void> {
    return this.#next(MOST_MILLISECONDS, true);
  }

  #next(milliseconds: number, keepsAlive: boolean): Promise<void> {
    const push = this.#last.then(() => this.#push(milliseconds, keepsAlive));
    this.#last = push.catch(() => undefined);
    return push;
  }

  /**
   * @param milliseconds that it may take
   * @param keepsAlive whether the process waits for it
   */
  async #push(milliseconds: number, keepsAlive: boolean): Promise<void> {
    const abort = new AbortController();
    const { signal } = abort;
    const timer = setTimeout(() => abort.abort(new Error('it took too long')), milliseconds);
    if (!keepsAlive) timer.unref();
    this.#underWay = abort;
    try {
      const { chunks } = await this.parts.scrapes.scrape({ format: TEXT_FORMAT, signal });
      await this.#send(Buffer.concat(chunks), signal, keepsAlive);
    } catch (error) {
      const reason: unknown = signal.aborted ? signal.reason : error;
      if (reason instanceof Superseded) throw reason;
      this.#errors.inc();
      const message = `The push to the Pushgateway ${this.#url.origin} failed: ${textOf(reason)}`;
      throw new Error(message, { cause: error });
    } finally {
      clearTimeout(timer);
      this.#underWay = undefined;
    }
  }

  #send(body: Buffer, signal: AbortSignal, keepsAlive: boolean): Promise<void> {
    const options: RequestOptions = {
      method: 'PUT',
      signal,
      // No connection is kept, which would keep the process alive.
      agent: false,
      headers: {
        'Content-Type': TEXT_FORMAT.contentType,
        'Content-Length': body.length,
        ...this.#headers,
      },
    };
    const send = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send(this.#url, options, (response) => {
        checkAnswer(response).then(resolve, reject);
      });
      markOwnRequest(request);
      if (!keepsAlive) request.on('socket', (socket) => socket.unref());
      request.on('error', reject).end(body);
    });
  }

  readonly #tell = (error: unknown): void => {
    if (error instanceof Superseded) return;
    try {
      this.parts.warn(textOf(error));
    } catch {
      // A logger that fails breaks nothing.
    }
  };
}

/** A later push takes the place of one that was under way. */
class Superseded extends Error {
  constructor() {
    super('The push was given up because the application closes, which pushes once more');
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : errorText(error);
}

/** @throws Error with the status and the beginning of the text of an answer that is no success */
async function checkAnswer(response: IncomingMessage): Promise<void> {
  const { statusCode = 0 } = response;
  let text = '';
  for await (const chunk of response) {
    if (text.length < MOST_ANSWER) text += String(chunk);
  }
  if (statusCode >= 200 && statusCode < 300) return;
  throw new Error(`it answered ${statusCode} ${text.slice(0, MOST_ANSWER).trim()}`.trim());
}

/**
 * Where the metrics of a group are put.
 *
 * @see https://github.com/prometheus/pushgateway#url
 */
export function groupUrl({ url, jobName, groupings }: PushgatewaySettings): URL {
  const group = new URL(url);
  group.username = '';
  group.password = '';
  group.search = '';
  group.hash = '';
  const labels = Object.entries({ job: jobName, ...groupings });
  const path = labels.map(([name, value]) => pathOfLabel(name, String(value))).join('/');
  group.pathname = `${group.pathname.replace(/\/+$/, '')}/metrics/${path}`;
  return group;
}

/** What a path cannot say is base64: a slash, nothing, and names that mean a folder. */
function pathOfLabel(name: string, value: string): string {
  if (value === '') return `${name}@base64/=`;
  if (!value.includes('/') && !/^\.{1,2}$/.test(value)) {
    return `${name}/${encodeURIComponent(value)}`;
  }
  return `${name}@base64/${Buffer.from(value).toString('base64url')}`;
}

/** A part of a URL, where a `%` may stand for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function credentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication, InjectionToken } from '@nestjs/common';
import { PrometheusService } from '../../lib/index.js';
import type { AnyRegistry } from '../../lib/options/prometheus-options.js';
import { eventually, nextTurns } from './eventually.js';
import { formatOf, type Exposition, type LabelSet, type Sample } from './exposition.js';
import type { LogCapture } from './log-capture.js';
import { parseExposition } from './parse-exposition.js';
import { RawConnection } from './raw-connection.js';
import { ServerWatch } from './server-watch.js';

export type Platform = 'express' | 'fastify';

/** A response whose body has been read. */
export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface ScrapeRequest {
  /** @default '/metrics' */
  readonly path?: string;
  /** The `Accept` header. @default the one of fetch, any type */
  readonly accept?: string;
  /** Values of `name[]`. */
  readonly names?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export type Scrape = Exposition & TestResponse;

/** A Nest application that listens on a loopback port, and what tests ask of it. */
export class TestApp {
  readonly #watch: ServerWatch;

  /** To be made before the application listens, so that no request is missed. */
  constructor(
    readonly nest: INestApplication,
    readonly platform: Platform,
    readonly registry: AnyRegistry,
    readonly logs: LogCapture,
  ) {
    this.#watch = new ServerWatch(this.server);
  }

  get server(): Server {
    return this.nest.getHttpServer() as Server;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get service(): PrometheusService {
    return this.provider(PrometheusService);
  }

  /** A provider of whichever module. */
  provider<T>(token: InjectionToken<T>): T {
    return this.nest.get<T>(token as never, { strict: false });
  }

  /** As the global fetch, but redirects are not followed. The body is the caller's to read. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, { redirect: 'manual', ...init });
  }

  /** A whole request: the body is read to its end. */
  async request(method: string, path: string, init: RequestInit = {}): Promise<TestResponse> {
    const response = await this.fetch(path, { method, ...init });
    const body = await response.text();
    return { status: response.status, headers: response.headers, body };
  }

  get(path: string, init: RequestInit = {}): Promise<TestResponse> {
    return this.request('GET', path, init);
  }

  /** Posts a value as JSON. */
  post(path: string, value: unknown, init: RequestInit = {}): Promise<TestResponse> {
    const headers = { 'content-type': 'application/json', ...(init.headers as object) };
    return this.request('POST', path, { ...init, headers, body: JSON.stringify(value) });
  }

  /** Opens a connection and writes the text as it is; see `requestText`. */
  async raw(text: string): Promise<RawConnection> {
    return (await RawConnection.open(this.port)).write(text);
  }

  /** Scrapes over HTTP. Throws for any other status than 200, and for what is no exposition. */
  async scrape(request: ScrapeRequest = {}): Promise<Scrape> {
    const { path = '/metrics', accept, names = [], headers = {} } = request;
    const query = names.map((name) => `name[]=${encodeURIComponent(name)}`).join('&');
    const response = await this.get(query === '' ? path : `${path}?${query}`, {
      headers: { ...headers, ...(accept === undefined ? {} : { accept }) },
    });
    if (response.status !== 200) throw new Error(`${response.status}: ${response.body}`);
    const format = formatOf(response.headers.get('content-type') ?? '');
    const exposition = parseExposition(response.body, format, { partial: names.length > 0 });
    return Object.assign(exposition, response);
  }

  /** What a scrape would say, without the endpoint: works whatever path and guards it has. */
  async exposition(): Promise<Exposition> {
    const { body, contentType } = await this.service.generateMetrics();
    return parseExposition(body, formatOf(contentType));
  }

  /** Samples of a name whose label sets include the given labels. */
  async samples(name: string, labels: LabelSet = {}): Promise<Sample[]> {
    return (await this.exposition()).matching(name, labels);
  }

  /** The sum over `samples`. */
  async sum(name: string, labels: LabelSet = {}): Promise<number> {
    return (await this.exposition()).sum(name, labels);
  }

  /**
   * Waits until the sample with exactly these labels has the value (`undefined`: is not there),
   * and sees to it that it keeps it when all that was answered is over.
   */
  expectSample(name: string, labels: LabelSet, value: number | undefined): Promise<void> {
    return this.#holds(name, (exposition) => {
      expect(exposition.value(name, labels)).toBe(value);
    });
  }

  /** As `expectSample`, for the sum over all samples whose label sets include these labels. */
  expectSum(name: string, labels: LabelSet, value: number): Promise<void> {
    return this.#holds(name, (exposition) => {
      expect(exposition.sum(name, labels)).toBe(value);
    });
  }

  /** Waits until every request that has reached the server is over. */
  settled(): Promise<void> {
    return this.#watch.settled();
  }

  /** Requests that have reached the server so far, and those that are not over. */
  get requests(): { readonly received: number; readonly open: readonly string[] } {
    return { received: this.#watch.received, open: this.#watch.open };
  }

  eventually<T>(assertion: () => T | Promise<T>, timeoutMs?: number): Promise<T> {
    return eventually(assertion, timeoutMs);
  }

  async #holds(name: string, assertion: (exposition: Exposition) => void): Promise<void> {
    const check = async (): Promise<void> => {
      const exposition = await this.exposition();
      try {
        assertion(exposition);
      } catch (error) {
        const there = exposition.matching(name).map(({ labels, valueText }) => ({
          labels,
          value: valueText,
        }));
        (error as Error).message += `\n${name}: ${JSON.stringify(there, undefined, 1)}`;
        throw error;
      }
    };
    await eventually(check);
    await this.#watch.answeredAreClosed();
    await nextTurns();
    await check();
  }
}

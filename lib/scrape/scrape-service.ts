/** Makes the bodies of scrapes; those that ask for the same at the same time share one. */
import { ChunkPool } from '../exposition/chunk-pool.js';
import type { Format } from '../exposition/format.js';
import type { ExpositionProblem } from '../exposition/problems.js';
import { keptWriters } from '../exposition/kept-writers.js';
import { renderExposition } from '../exposition/render.js';
import type { EndpointLimits } from '../options/endpoint-options.js';
import { CollectTimeoutError } from '../registry/collector-calls.js';
import { errorText } from '../core/errors.js';
import { clearTimeout, setImmediate, setTimeout } from '../core/timers.js';
import type { FamilySource } from '../registry/family-source.js';
import { gzipBody, limited, plainBody, streamedBody, type ScrapeBody } from './scrape-body.js';
import { ScrapeFailure, type ScrapeObserver } from './scrape-failure.js';
import type { Patience } from './scraper-patience.js';

/** What a scrape asks for. */
export interface ScrapeRequest {
  readonly format: Format;
  /** Names of the samples or families to keep. @default all */
  readonly names?: ReadonlySet<string> | undefined;
  /** @default false */
  readonly gzip?: boolean;
  /**
   * A large body may be read before it is whole, and then fail while it is being read. A compressed
   * one is always whole, and so is one that may have 64 MiB at most.
   *
   * @default false
   */
  readonly streamed?: boolean;
  /** How long the scraper waits. @default as long as the limits allow */
  readonly patience?: Patience;
  /** The scraper has gone, or waits no longer. */
  readonly signal?: AbortSignal;
}

export type ScrapeLimits = Pick<
  EndpointLimits,
  'timeoutSeconds' | 'collectTimeoutSeconds' | 'maxBodyBytes'
>;

/**
 * A body of no more bytes is always whole before it is sent, so that one which breaks a limit that
 * an application has set gets a status instead of being cut off.
 */
const MOST_KEPT_BYTES = 64 * 2 ** 20;

/**
 * Makes the bodies of scrapes. Those that arrive in the same turn of the event loop and ask for the
 * same share one body: the metrics are read once, rendered once and compressed once.
 *
 * A body shows what was recorded before its scrape arrived, so no scrape joins one that has begun.
 */
export class ScrapeService {
  /** Not read: it is there, so that V8 goes on to know how bodies are written. */
  protected kept: readonly unknown[] | undefined;
  readonly #pool = new ChunkPool();
  readonly #waiting = new Map<string, SharedBody>();

  constructor(
    private readonly source: FamilySource,
    private readonly limits: ScrapeLimits,
    private readonly observer: ScrapeObserver,
  ) {}

  /**
   * @throws ScrapeFailure when there is no body
   * @throws the reason of the request's signal
   */
  scrape(request: ScrapeRequest): Promise<ScrapeBody> {
    const key = keyOf(request, this.#timeOf(request));
    let shared = this.#waiting.get(key);
    if (shared === undefined || shared.isAbandoned) {
      shared = this.#prepare(key, request);
      this.#waiting.set(key, shared);
    }
    return shared.join(request.signal);
  }

  /** The metrics are read in a later turn of the event loop, so that others can join until then. */
  #prepare(key: string, request: ScrapeRequest): SharedBody {
    const shared = new SharedBody((signal) => this.#body(request, signal), this.#pool);
    setImmediate(() => {
      if (this.#waiting.get(key) === shared) this.#waiting.delete(key);
      this.#run(shared, this.#timeOf(request).inAll);
    });
    return shared;
  }

  /** What the limits and the scraper allow. */
  #timeOf({ patience }: ScrapeRequest): Patience {
    const { timeoutSeconds, collectTimeoutSeconds } = this.limits;
    return {
      toCollect: Math.min(patience?.toCollect ?? Infinity, collectTimeoutSeconds * 1000),
      inAll: Math.min(patience?.inAll ?? Infinity, timeoutSeconds * 1000),
    };
  }

  #run(shared: SharedBody, milliseconds: number): void {
    const timer = setTimeout(() => {
      const seconds = milliseconds / 1000;
      shared.stop(new ScrapeFailure('timeout', `A scrape took longer than ${seconds} s`));
    }, milliseconds);
    void shared.ended.then(() => this.#over(timer));
    shared.start();
  }

  #over(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    // Later, so that no scrape waits for it, not even the first one.
    setImmediate(() => (this.kept ??= keptWriters()));
  }

  async #body(request: ScrapeRequest, signal: AbortSignal): Promise<ScrapeBody> {
    const { source, observer, limits } = this;
    const { format, names, gzip } = request;
    const streamed = request.streamed === true && limits.maxBodyBytes > MOST_KEPT_BYTES;
    try {
      const milliseconds = limits.collectTimeoutSeconds * 1000;
      const families = source.families(this.#onCollectFailure, {
        milliseconds,
        patience: this.#timeOf(request).toCollect,
        signal,
        reader: format.name,
      });
      const { defaultLabels } = source;
      const onProblem = ({ family, fault, sample, count }: ExpositionProblem): void => {
        const message = `Metric "${family}": ${count} samples or sample names were left out (${fault}), the first is "${sample}"`;
        observer.failed('invalid_sample', message, `${family} ${fault}`);
      };
      const options = { format, names, defaultLabels, signal, pool: this.#pool, onProblem };
      const chunks = limited(renderExposition(families, options), limits.maxBodyBytes);
      if (gzip === true) return await gzipBody(chunks, this.#pool.giveBack);
      return await (streamed ? streamedBody(chunks) : plainBody(chunks));
    } catch (error) {
      if (signal.aborted || error instanceof ScrapeFailure) throw error;
      const message = `The metrics could not be written: ${errorText(error)}`;
      throw new ScrapeFailure('internal', message, { cause: error });
    }
  }

  readonly #onCollectFailure = (metric: string, error: unknown): void => {
    const cause = CollectTimeoutError.is(error) ? 'collect_timeout' : 'collect_error';
    const message = `Metric "${metric}" could not be collected and is left out: ${errorText(error)}`;
    this.observer.failed(cause, message, metric);
  };
}

/** The same for scrapes that get the same body. */
function keyOf(
  { format, names, gzip = false, streamed = false }: ScrapeRequest,
  { toCollect, inAll }: Patience,
): string {
  const sorted = names === undefined ? undefined : [...names].sort();
  return JSON.stringify([format.name, gzip, streamed, toCollect, inAll, sorted]);
}

/** One body in the making, and the scrapes that wait for it. */
class SharedBody {
  /** Resolves when there is a body, or will be none. */
  readonly ended: Promise<void>;
  readonly #abort = new AbortController();
  readonly #body: Promise<ScrapeBody>;
  #readers = 0;
  #begin: () => void = nothing;

  /**
   * @param make called by `start()`; stops when the signal is aborted
   * @param pool where the chunks come from
   */
  constructor(
    make: (signal: AbortSignal) => Promise<ScrapeBody>,
    private readonly pool: ChunkPool,
  ) {
    const { signal } = this.#abort;
    this.#body = new Promise((resolve, reject) => {
      // A source that does not look at the signal keeps nobody waiting.
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.#begin = () => {
        if (!signal.aborted) make(signal).then(resolve, reject);
      };
    });
    this.ended = this.#body.then(nothing, nothing);
  }

  /** Whether all its readers have left, so that it has stopped. */
  get isAbandoned(): boolean {
    return this.#abort.signal.aborted;
  }

  start(): void {
    this.#begin();
  }

  /** Ends it for all readers, who are given the reason. */
  stop(reason: Error): void {
    this.#abort.abort(reason);
  }

  /**
   * The body, for one more reader.
   *
   * @param signal leaves when it is aborted; with the last reader, the work stops
   */
  join(signal: AbortSignal | undefined): Promise<ScrapeBody> {
    this.#readers += 1;
    if (signal === undefined) return this.#body.then(this.#forReader);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(signal.reason as Error);
        this.#readers -= 1;
        if (this.#readers === 0) this.stop(signal.reason as Error);
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      const stay = (): void => signal.removeEventListener('abort', leave);
      this.#body.finally(stay).then(this.#forReader).then(resolve, reject);
    });
  }

  /** The same body, read from its beginning, whatever the others have read. */
  readonly #forReader = (body: ScrapeBody): ScrapeBody => {
    const readers = this.#readers;
    if (readers === 1) return { ...body, giveBack: this.pool.giveBack };
    return body.rest === undefined ? body : { ...body, rest: body.rest.fork(readers) };
  };
}

function nothing(): void {}

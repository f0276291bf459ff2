import type { ScrapeBody } from './scrape-body.js';

/** Makes a body; stops when the signal is aborted. */
export type MakeBody = (signal: AbortSignal) => Promise<ScrapeBody>;

/** One body in the making, and the scrapes that wait for it. */
export class SharedBody {
  /** Resolves when there is a body, or will be none. */
  readonly ended: Promise<void>;
  readonly #abort = new AbortController();
  readonly #body: Promise<ScrapeBody>;
  #readers = 0;
  #begin: () => void = nothing;

  constructor(make: MakeBody) {
    const { signal } = this.#abort;
    this.#body = new Promise((resolve, reject) => {
      // Even what does not look at the signal keeps nobody waiting.
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
  readonly #forReader = (body: ScrapeBody): ScrapeBody =>
    body.rest === undefined ? body : { ...body, rest: body.rest.fork(this.#readers) };
}

function nothing(): void {}

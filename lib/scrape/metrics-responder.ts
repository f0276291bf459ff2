import type { IncomingMessage, ServerResponse } from 'node:http';
import { acceptsGzip, negotiateFormat } from '../exposition/negotiation.js';
import { Pace } from '../core/pace.js';
import type { EndpointLimits } from '../options/endpoint-options.js';
import { errorText } from '../core/errors.js';
import { isObserved } from './observed-response.js';
import { ResponseLife } from './response-life.js';
import type { ScrapeBody } from './scrape-body.js';
import { ScrapeFailure, type ScrapeCause, type ScrapeObserver } from './scrape-failure.js';
import type { ScrapeService } from './scrape-service.js';
import { patienceOf } from './scraper-patience.js';
import { writeMessage } from './write-message.js';

export type ResponseLimits = Pick<
  EndpointLimits,
  'maxRequestsInFlight' | 'writeTimeoutSeconds' | 'compression'
>;

/** Seconds after which a scraper that was refused may come again. */
const RETRY_AFTER = '1';

/** What a scraper is told; what happened is for the log alone. */
const TOO_MANY = 'Too many scrapes at the same time, try again later.';
const TOO_SLOW = 'Collecting the metrics took too long.';
const INCOMPLETE = 'The metrics of some processes cannot be read at the moment.';
const FAILED = 'The metrics could not be collected.';

/**
 * Answers scrapes on Node's requests and responses, whichever server or framework they come from,
 * as promhttp's handler does: 503 when too many are being answered, the body takes longer than we or
 * the scraper would wait, or cannot be complete, 500 when there is none, each with a text that says nothing of the application.
 *
 * @see https://pkg.go.dev/github.com/prometheus/client_golang/prometheus/promhttp#HandlerOpts
 */
export class MetricsResponder {
  #inFlight = 0;

  constructor(
    private readonly scrapes: ScrapeService,
    private readonly limits: ResponseLimits,
    readonly observer: ScrapeObserver,
  ) {}

  /** Resolves when the response is written, refused or over; never rejects. */
  readonly respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { maxRequestsInFlight } = this.limits;
    if (this.#inFlight >= maxRequestsInFlight) {
      this.observer.failed(
        'in_flight',
        `More than ${maxRequestsInFlight} scrapes at the same time: the others get 503 (\`endpoint.maxRequestsInFlight\`)`,
      );
      response.on('error', () => undefined);
      writeMessage(request, response, 503, TOO_MANY, { 'Retry-After': RETRY_AFTER });
      return;
    }
    const life = this.#begin(request, response);
    try {
      await this.#answer(life);
    } catch (error) {
      this.#fail(life, error);
    }
  };

  #begin(request: IncomingMessage, response: ServerResponse): ResponseLife {
    const { writeTimeoutSeconds } = this.limits;
    const startedAt = performance.now();
    this.#inFlight += 1;
    return new ResponseLife(request, response, {
      milliseconds: writeTimeoutSeconds * 1000,
      onLate: () =>
        this.observer.failed(
          'write_timeout',
          `A scraper did not take its response within ${writeTimeoutSeconds} s and was cut off`,
        ),
      onOver: () => {
        this.#inFlight -= 1;
        this.observer.ended(Math.max(0, performance.now() - startedAt) / 1000);
      },
    });
  }

  async #answer(life: ResponseLife): Promise<void> {
    const { request, signal } = life;
    const { accept, 'accept-encoding': acceptEncoding } = request.headers;
    const { format, contentType } = negotiateFormat(accept);
    const gzip = this.limits.compression && acceptsGzip(encodingsOf(acceptEncoding));
    const names = requestedNames(request.url ?? '');
    // In HTTP/1.0, the end of a body that was cut off looks like that of a whole one.
    const streamed = request.httpVersion !== '1.0';
    const patience = patienceOf(request.headers['x-prometheus-scrape-timeout-seconds']);
    const body = await this.scrapes.scrape({ format, names, gzip, streamed, patience, signal });
    await send(life, body, contentType);
  }

  #fail(life: ResponseLife, error: unknown): void {
    if (life.isOver) return;
    const { request, response } = life;
    const cause: ScrapeCause = error instanceof ScrapeFailure ? error.failure : 'internal';
    this.observer.failed(cause, error instanceof ScrapeFailure ? error.message : errorText(error));
    try {
      // The status has been sent: without the end of its body, the scrape counts as failed.
      if (life.hasBegun) life.cut();
      else if (cause === 'timeout') writeMessage(request, response, 503, TOO_SLOW);
      else if (cause === 'unreadable') writeMessage(request, response, 503, INCOMPLETE);
      else writeMessage(request, response, 500, FAILED);
    } catch {
      // Middleware that replaced the response's methods can fail, too.
      life.cut();
    }
  }
}

async function send(life: ResponseLife, body: ScrapeBody, contentType: string): Promise<void> {
  const { request, response } = life;
  // Something else has answered meanwhile, an interceptor with a time limit say.
  if (life.isOver || response.headersSent) return;
  response.setHeader('Content-Type', contentType);
  if (body.rest === undefined) response.setHeader('Content-Length', body.length);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Vary', variesBy(response.getHeader('Vary')));
  if (body.isGzip) response.setHeader('Content-Encoding', 'gzip');
  response.writeHead(200);
  life.hasBegun = true;
  if (request.method !== 'HEAD') await write(life, body);
  if (!life.isOver) response.end();
}

/**
 * Writes the chunks as fast as the client takes them, and makes no more than it takes. A fast one
 * takes them at once, so that every write ends within the turn of the event loop that it began in:
 * 15 MB held it up for 14 ms.
 */
async function write(life: ResponseLife, body: ScrapeBody): Promise<void> {
  const { chunks, rest } = body;
  const { response } = life;
  const giveBack = isObserved(response) ? undefined : body.giveBack;
  const pace = new Pace(undefined);
  const next = chunks.values();
  for (;;) {
    const chunk = next.next().value ?? (await rest?.next());
    if (chunk === undefined || life.isOver) return;
    const isTaken =
      giveBack === undefined
        ? response.write(chunk)
        : response.write(chunk, (error) => {
            if (error == null) giveBack(chunk);
          });
    // Middleware that replaced `write` may return nothing: only `false` says that it has to wait.
    if (isTaken === false) await life.drained();
    if (pace.isOver) await pace.rest();
    if (life.isOver) return;
  }
}

/** What the response depends on, in addition to what is there: `Origin` for CORS, say. */
function variesBy(present: number | string | readonly string[] | undefined): string {
  const fields = [present ?? []].flat().map(String);
  return [...fields, 'Accept', 'Accept-Encoding'].join(', ');
}

function encodingsOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header.join(',') : header;
}

/** The values of `name[]`; `undefined` when there is none. */
export function requestedNames(url: string): ReadonlySet<string> | undefined {
  const query = url.indexOf('?');
  if (query === -1) return undefined;
  const names = new URLSearchParams(url.slice(query)).getAll('name[]');
  return names.length === 0 ? undefined : new Set(names);
}

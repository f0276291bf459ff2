import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { MeasuredCall } from '../calls/measured-call.js';
import { pathOf } from '../core/request-target.js';
import type { MetricContext } from '../options/metric-context.js';
import { BRAND } from '../core/brands.js';

/** Where the exchange of a response is kept, on Node's response object. */
const EXCHANGE = Symbol.for(`${BRAND}exchange`);

interface TrackedResponse {
  [EXCHANGE]?: Exchange;
}

/** One request from its arrival to the close of its response. */
export class Exchange {
  /**
   * Milliseconds. The global `performance` is a getter, and not asking it twice per request saves 470
   * of the 4,300 instructions that the library adds to a request (Fastify, callgrind).
   */
  readonly startedAt = performance.now();
  /** As the client sent them: middleware may rewrite both on the request object. */
  readonly method: string;
  readonly url: string;

  /** The framework's request, once the framework has one; on Express that is Node's request. */
  request: unknown;
  /** The framework's response, likewise. */
  response: unknown;
  /** Class and handler that the router chose, once a guard or interceptor has told. */
  controller: Function | undefined = undefined;
  handler: Function | undefined = undefined;
  /** Something that is not an `HttpException` was thrown. */
  threw = false;
  /** ... after the handler had sent its headers, so that no filter could change the status. */
  threwAfterHeaders = false;
  /** Calls of the handler that wait for the close of the response. */
  calls: MeasuredCall[] | undefined = undefined;

  /** Set when the response is closed. */
  closed = false;
  /** Told when something is thrown after that; set with `closed`. */
  onThrownLate: ((exchange: Exchange) => void) | undefined = undefined;
  status = 0;
  seconds = 0;

  constructor(
    readonly rawRequest: IncomingMessage,
    readonly rawResponse: ServerResponse,
  ) {
    this.method = rawRequest.method ?? '';
    this.url = rawRequest.url ?? '';
    this.request = rawRequest;
    this.response = rawResponse;
    (rawResponse as TrackedResponse)[EXCHANGE] = this;
  }

  /** The exchange of a response: Node's, or the framework's around it. */
  static of(response: object): Exchange | undefined {
    return (
      (response as TrackedResponse)[EXCHANGE] ??
      (response as { raw?: TrackedResponse }).raw?.[EXCHANGE]
    );
  }

  /** Notes that something that is not an `HttpException` was thrown. */
  noteThrown(): void {
    if (this.rawResponse.headersSent) this.threwAfterHeaders = true;
    if (this.threw) return;
    this.threw = true;
    this.onThrownLate?.(this);
  }

  /** What label functions see of a request that is over, where no handler's call is at hand. */
  context(): MetricContext {
    const { request, response, status } = this;
    return { request, response, statusCode: status, args: [] };
  }

  /** The path of the URL, as the client sent it. */
  get path(): string {
    return pathOf(this.url);
  }
}

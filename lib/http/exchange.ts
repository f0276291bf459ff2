import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { MeasuredCall } from '../calls/measured-call.js';
import { BRAND } from '../core/brands.js';
import { pathOf } from '../core/request-target.js';
import type { ControllerHandler } from '../nest/handler-index.js';
import type { ExemplarLabels } from '../metrics/exemplars.js';
import type { MetricContext } from '../options/metric-context.js';

/** Where the exchange of a response is kept, on Node's response object. */
const EXCHANGE = Symbol.for(`${BRAND}exchange`);

interface TrackedResponse {
  [EXCHANGE]?: Exchange;
}

/** The exchanges of one connection that are not over. */
export interface OpenExchanges {
  /** Nearly always the only one. */
  current: Exchange | undefined;
  /** Those that are pipelined behind it. */
  readonly waiting: Set<Exchange>;
}

/** Names the async contexts that are kept, for whoever looks at them. */
const RESOURCE = 'nestjs-prometheus-exporter.exchange';

/** The context of what has passed the request on so far. */
class PassingScope extends AsyncResource {}

/**
 * One request from its arrival to the close of its response. Whoever learns something of it on its
 * way says so; what became of it is known when it has ended.
 */
export class Exchange {
  /** As the client sent it: middleware may rewrite it on the request object. */
  readonly method: string;
  /** The path of the URL, likewise. */
  readonly path: string;
  /**
   * Milliseconds. The global `performance` is a getter, and not asking it twice per request saves
   * a tenth of the instructions that the library adds to one.
   */
  readonly startedAt = performance.now();

  // Plain fields, as a reading of a #private one is slower before the code is optimized.
  private ownRequest: unknown;
  private ownResponse: unknown;
  private controller: Function | undefined = undefined;
  private handler: Function | undefined = undefined;
  private addedCalls: MeasuredCall[] | undefined = undefined;
  private hasThrown = false;
  private hasThrownAfterHeaders = false;
  private sentStatus = 0;
  private duration = 0;
  private onThrownLate: ((exchange: Exchange) => void) | undefined = undefined;
  private leftOut: boolean | undefined = undefined;
  private isMissed = false;
  private scope: AsyncResource | undefined = undefined;
  private trace: ExemplarLabels | undefined = undefined;

  constructor(
    readonly rawRequest: IncomingMessage,
    readonly rawResponse: ServerResponse,
    /** How many recorders have heard of its begin: the first of those that hear of its end. */
    readonly heardBy = 0,
    /** Those of its connection, where the end of that ends them: it is among them until it is over. */
    private readonly open?: OpenExchanges,
  ) {
    this.method = rawRequest.method ?? '';
    this.path = pathOf(rawRequest.url ?? '');
    this.ownRequest = rawRequest;
    this.ownResponse = rawResponse;
    (rawResponse as TrackedResponse)[EXCHANGE] = this;
    if (open === undefined) return;
    if (open.current === undefined) open.current = this;
    else open.waiting.add(this);
  }

  /** Whether a response of Node has an exchange. */
  static isKnown(response: ServerResponse): boolean {
    return (response as TrackedResponse)[EXCHANGE] !== undefined;
  }

  /** The exchange of a response: Node's, or the framework's around it. */
  static of(response: unknown): Exchange | undefined {
    if (typeof response !== 'object' || response === null) return undefined;
    return (
      (response as TrackedResponse)[EXCHANGE] ??
      (response as { raw?: TrackedResponse }).raw?.[EXCHANGE]
    );
  }

  /** The framework has request and response objects of its own. */
  adopt(request: unknown, response: unknown): void {
    this.ownRequest = request;
    this.ownResponse = response;
  }

  /** The router has chosen a handler. */
  reach(controller: Function, handler: Function): void {
    this.controller = controller;
    this.handler = handler;
  }

  /** Adds a call of the handler, which ends with the response. */
  add(call: MeasuredCall): void {
    if (this.addedCalls === undefined) this.addedCalls = [call];
    else this.addedCalls.push(call);
  }

  /** Nothing of the application has matched, and the framework answers that. */
  miss(): void {
    this.isMissed = true;
  }

  /** What its exemplars say, as far as it is known; what was known before stays. */
  noteExemplar(labels: ExemplarLabels | undefined): void {
    this.trace = labels ?? this.trace;
  }

  /** Something that is not an `HttpException` was thrown. */
  noteThrown(): void {
    if (this.rawResponse.headersSent) this.hasThrownAfterHeaders = true;
    if (this.hasThrown) return;
    this.hasThrown = true;
    this.onThrownLate?.(this);
  }

  /**
   * The response is closed.
   *
   * @param status that was sent
   * @param onThrownLate told when something is thrown after that, once at most
   */
  end(status: number, onThrownLate: (exchange: Exchange) => void): void {
    if (this.open?.current === this) this.open.current = undefined;
    else this.open?.waiting.delete(this);
    this.sentStatus = status;
    this.duration = Math.max(0, performance.now() - this.startedAt) / 1000;
    this.onThrownLate = onThrownLate;
  }

  /**
   * Whether its method and path tell that it is left out of the metrics. Asked once, so that what
   * was counted at its begin is counted at its end.
   */
  isLeftOut(test: (exchange: Exchange) => boolean): boolean {
    return (this.leftOut ??= test(this));
  }

  /**
   * It is left out, as has turned out after it had begun.
   *
   * @returns whether that is new
   */
  leaveOut(): boolean {
    const isNew = this.leftOut !== true;
    this.leftOut = true;
    return isNew;
  }

  /**
   * The code that runs is the application's, in the async context of the request: label functions
   * are to see the same one, which is gone when the response is closed. The first call counts.
   */
  captureContext(): void {
    if (this.scope === undefined || this.scope instanceof PassingScope) {
      this.scope = new AsyncResource(RESOURCE);
    }
  }

  /**
   * Middleware or a guard is called in the async context of the request, and may wait until the
   * client has gone. The last call counts, until `captureContext()` is called.
   */
  passContext(): void {
    if (this.scope === undefined || this.scope instanceof PassingScope) {
      this.scope = new PassingScope(RESOURCE);
    }
  }

  /** Whether a context was captured. */
  get hasContext(): boolean {
    return this.scope !== undefined;
  }

  /** Calls a function in the async context that was captured, where `hasContext` says so. */
  inContext<This, Args extends unknown[]>(
    action: (this: This, ...args: Args) => void,
    self: This,
    ...args: Args
  ): void {
    this.scope?.runInAsyncScope(action, self, ...args);
  }

  /** The framework's request, once the framework has one; on Express that is Node's. */
  get request(): unknown {
    return this.ownRequest;
  }

  /** The framework's response, likewise. */
  get response(): unknown {
    return this.ownResponse;
  }

  /** What `reach()` was told. */
  get reached(): ControllerHandler | undefined {
    const { controller, handler } = this;
    return controller === undefined || handler === undefined ? undefined : { controller, handler };
  }

  get calls(): readonly MeasuredCall[] | undefined {
    return this.addedCalls;
  }

  /** Whether `adopt()` was called. */
  get isAdopted(): boolean {
    return this.ownRequest !== this.rawRequest;
  }

  /** Whether `miss()` was called. */
  get isUnmatched(): boolean {
    return this.isMissed;
  }

  /** Whether it was answered with what is no error. */
  get isAnswered(): boolean {
    return this.sentStatus < 400;
  }

  /** `undefined` when it has no exemplars. */
  get exemplar(): ExemplarLabels | undefined {
    return this.trace;
  }

  get isOver(): boolean {
    return this.onThrownLate !== undefined;
  }

  /** The status that was sent; 0 until it is over. */
  get status(): number {
    return this.sentStatus;
  }

  /** From its arrival until it was over. */
  get seconds(): number {
    return this.duration;
  }

  /** Whether something that is not an `HttpException` was thrown. */
  get threw(): boolean {
    return this.hasThrown;
  }

  /** ... after the handler had sent its headers, so that no filter could change the status. */
  get threwAfterHeaders(): boolean {
    return this.hasThrownAfterHeaders;
  }

  /** What label functions see of a request that is over, where no handler's call is at hand. */
  context(): MetricContext {
    const { request, response, status } = this;
    return { request, response, statusCode: status, args: [] };
  }
}

import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { CLIENT_CLOSED_REQUEST } from '../core/constants.js';
import { answerOf, followAnswers, unfollowAnswers } from './answers-of-node.js';
import { Exchange, type OpenExchanges } from './exchange.js';
import { BRAND } from '../core/brands.js';

/** Told of each exchange, once each time. */
export interface ExchangeRecorder {
  /** The request has arrived, and the code runs in its async context. */
  begin?(exchange: Exchange): void;
  /**
   * The response is closed.
   *
   * @param hasBegun whether the recorder was there when the request arrived
   */
  end(exchange: Exchange, hasBegun: boolean): void;
  /** A request whose begin was told is left out, which has turned out after that. */
  leaveOut?(exchange: Exchange): void;
  /** Something was thrown for the first time after the end. */
  threwLate?(exchange: Exchange): void;
}

const OPEN = Symbol.for(`${BRAND}open-exchanges`);

/** The exchanges of one connection that are not over. */
interface TrackedSocket extends Socket {
  [OPEN]?: OpenExchanges;
}

/**
 * Follows each request of an HTTP server from its arrival to the close of its response, whatever
 * answers it, and tells the recorders once.
 *
 * Listens at the server, before the framework: errors in routing, parsing, middleware and guards
 * never reach an interceptor, and a status is only final when the response is closed.
 */
export class RequestTracker {
  readonly #recorders: ExchangeRecorder[] = [];
  readonly #servers = new Set<EventEmitter>();
  readonly #onError: (error: unknown) => void;
  /** Whether what is told of the end of a request has to run in the request's async context. */
  capturesContext = false;

  /** @param onError told what a recorder threw; the response is not affected */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  addRecorder(recorder: ExchangeRecorder): void {
    this.#recorders.push(recorder);
  }

  /** Follows the requests of a server (http, https, or http2 with its compatibility API). */
  attach(server: EventEmitter): void {
    if (this.#servers.has(server)) return;
    this.#servers.add(server);
    server.prependListener('request', this.#onRequest);
    followAnswers(server);
  }

  /** Follows no new requests; those that are under way are still recorded. */
  detach(): void {
    for (const server of this.#servers) {
      server.removeListener('request', this.#onRequest);
      unfollowAnswers(server);
    }
    this.#servers.clear();
  }

  /**
   * The exchange of a request, which begins now unless the server's listener has seen it. The
   * frameworks call it for requests that reach no server of the application's own: those of
   * Fastify's `inject()`, of another server, or of what only looks like one.
   *
   * @returns `undefined` for a response whose end nothing would tell
   */
  begin(request: IncomingMessage, response: ServerResponse): Exchange | undefined {
    const known = Exchange.of(response);
    if (known !== undefined) return known;
    if (typeof response.on !== 'function') return undefined;
    const exchange = this.#begin(request, response);
    // Without a server of Node behind it, nothing may close the response.
    response.on('finish', () => this.#end(exchange, response.statusCode));
    return exchange;
  }

  /** Tells the recorders that a request is left out after all. */
  leaveOut(exchange: Exchange): void {
    if (!exchange.leaveOut()) return;
    for (let i = 0; i < exchange.heardBy; i++) {
      try {
        this.#recorders[i]?.leaveOut?.(exchange);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  readonly #onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (!Exchange.isKnown(response)) this.#begin(request, response);
  };

  /**
   * The listeners hold the exchange, and look at the response once. Express gives each request and
   * each response a hidden class of its own, so that V8 has to search for every property of theirs.
   */
  #begin(request: IncomingMessage, response: ServerResponse): Exchange {
    const socket = request.socket as TrackedSocket | null | undefined;
    const open = request.httpVersionMajor < 2 ? this.#openOn(socket) : undefined;
    const exchange = new Exchange(request, response, this.#recorders.length, open);
    for (const recorder of this.#recorders) {
      try {
        recorder.begin?.(exchange);
      } catch (error) {
        this.#onError(error);
      }
    }
    if (this.capturesContext) captureAtHead(exchange);
    if (open !== undefined && response.socket === socket) {
      // The end of its connection is told before, so this response was sent.
      response.on('close', () => this.#end(exchange, response.statusCode));
    } else {
      response.on('close', () => this.#end(exchange, sentStatus(response)));
    }
    return exchange;
  }

  /**
   * A pipelined response that waits for its turn never closes when its socket does, so what is open
   * on a socket ends with it. HTTP/2 has streams of its own for that, and what stands for a socket
   * where there is no server may be no emitter of events.
   *
   * Listens before Node's server, which aborts the request: a body parser that waits for the rest
   * then answers 400, to nobody.
   */
  #openOn(socket: TrackedSocket | null | undefined): OpenExchanges | undefined {
    const known = socket?.[OPEN];
    if (known !== undefined || typeof socket?.prependListener !== 'function') return known;
    const open: OpenExchanges = { current: undefined, waiting: new Set() };
    socket[OPEN] = open;
    socket.prependListener('close', this.#onSocketClose);
    return open;
  }

  readonly #onSocketClose = this.#socketCloseListener();

  #socketCloseListener(): (this: TrackedSocket) => void {
    const end = (exchange: Exchange, socket: TrackedSocket): void =>
      this.#end(exchange, statusAtSocketClose(exchange.rawResponse, socket));
    return function (this: TrackedSocket) {
      const open = this[OPEN];
      if (open === undefined) return;
      const { current, waiting } = open;
      if (current !== undefined) end(current, this);
      for (const exchange of waiting) end(exchange, this);
    };
  }

  /** The one place that decides that a request is over. */
  #end(exchange: Exchange, status: number): void {
    if (exchange.isOver) return;
    exchange.end(status, this.#onThrownLate);
    if (exchange.hasContext) exchange.inContext(this.#tell, this, exchange);
    else this.#tell(exchange);
  }

  #tell(exchange: Exchange): void {
    const { status, response, calls, heardBy } = exchange;
    for (let i = 0; i < this.#recorders.length; i++) {
      try {
        (this.#recorders[i] as ExchangeRecorder).end(exchange, i < heardBy);
      } catch (error) {
        this.#onError(error);
      }
    }
    if (calls === undefined) return;
    for (const call of calls) {
      try {
        call.record(status, response);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  readonly #onThrownLate = (exchange: Exchange): void => {
    for (const recorder of this.#recorders) {
      try {
        recorder.threwLate?.(exchange);
      } catch (error) {
        this.#onError(error);
      }
    }
  };
}

/**
 * The status that went out. On a response that never had its socket (it waited behind another on
 * the same connection) nothing did, although its headers are written.
 */
function sentStatus(response: ServerResponse): number {
  const sent = response.headersSent && (response.writableFinished || response.socket !== null);
  return sent ? response.statusCode : CLIENT_CLOSED_REQUEST;
}

/**
 * The status that went out before a connection was closed. When the rest of a request is malformed,
 * or late, somebody answers in place of the response that is under way, unless that had begun.
 */
function statusAtSocketClose(response: ServerResponse, socket: TrackedSocket): number {
  const status = sentStatus(response);
  if (response.headersSent || response.socket !== socket) return status;
  return answerOf(socket) ?? status;
}

/** Captures the context in which a response is begun, by whoever answers. */
function captureAtHead(exchange: Exchange): void {
  const response = exchange.rawResponse as unknown as Record<string, (...args: never[]) => unknown>;
  for (const name of ['writeHead', 'end']) {
    const original = response[name];
    if (typeof original !== 'function') continue;
    response[name] = function (...args) {
      exchange.captureContext();
      return original.apply(this, args);
    };
  }
}

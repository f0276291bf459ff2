import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { closingSocketOf } from '../core/request-target.js';
import { clearTimeout, setTimeout } from '../core/timers.js';

/**
 * A stream that is destroyed without a code ends, for its client, as if all had been sent.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-7
 */
const HTTP2_INTERNAL_ERROR = 2;

/** Why nothing is written to a response any more. */
export class ResponseOver extends Error {
  override readonly name = 'ResponseOver';

  constructor() {
    super('The response is over');
  }
}

/**
 * Follows a response to its end, whichever it is: sent, the client gone, or the time limit reached,
 * at which the connection is cut.
 *
 * A pipelined response that waits for its turn never closes when its socket does, so the socket is
 * listened to as well.
 */
export class ResponseLife {
  /** Set when a body of ours is being sent: from then on, what fails can only be cut off. */
  hasBegun = false;
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout;
  /** Not of HTTP/2, where a response has a stream of its own that closes with the connection. */
  readonly #socket: Socket | undefined;

  #isDrainHeard = false;
  #onDrain: (() => void) | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    private readonly parts: {
      readonly milliseconds: number;
      readonly onLate: () => void;
      readonly onOver: () => void;
    },
  ) {
    this.#timer = setTimeout(this.#late, parts.milliseconds);
    for (const event of ['error', 'close', 'finish']) response.on(event, this.#end);
    this.#socket = closingSocketOf(request);
    this.#socket?.on('close', this.#end);
    const isGone = response.destroyed || response.writableEnded || this.#socket?.destroyed;
    if (isGone === true) this.#end();
  }

  /** Aborted when the response is over. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Waits until more can be written, or the response is over. One call at a time. */
  drained(): Promise<void> {
    if (this.isOver) return Promise.resolve();
    // One listener for all waits: middleware may hand listeners on to where they cannot be removed.
    if (!this.#isDrainHeard) this.response.on('drain', () => this.#onDrain?.());
    this.#isDrainHeard = true;
    return new Promise((resolve) => {
      this.#onDrain = resolve;
    });
  }

  /** Closes the connection, or resets the one stream of an HTTP/2 connection: no end of a body. */
  cut(): void {
    const { stream } = this.response as { stream?: { close(code: number): void } };
    this.#socket?.destroy();
    if (stream !== undefined) stream.close(HTTP2_INTERNAL_ERROR);
    else if (this.#socket === undefined) this.response.destroy();
    this.#end();
  }

  readonly #late = (): void => {
    this.parts.onLate();
    this.cut();
  };

  readonly #end = (): void => {
    if (this.isOver) return;
    clearTimeout(this.#timer);
    this.#socket?.off('close', this.#end);
    for (const event of ['close', 'finish']) this.response.off(event, this.#end);
    // The listener of `error` stays: without one, a late write would end the process.
    this.#onDrain?.();
    this.#over.abort(new ResponseOver());
    this.parts.onOver();
  };
}

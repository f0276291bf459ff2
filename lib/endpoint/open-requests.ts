import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { closingSocketOf } from '../core/request-target.js';

/** Of HTTP/2: ends one stream of a connection. */
interface Http2Stream {
  close(): void;
}

interface OpenRequest {
  readonly socket: Socket | undefined;
  readonly stream: Http2Stream | undefined;
}

/** The requests to the own routes that are under way, from their first guard on. */
export class OpenRequests {
  readonly #open = new Set<OpenRequest>();

  add(request: IncomingMessage, response: ServerResponse): void {
    const socket = closingSocketOf(request);
    const { stream } = response as { stream?: Http2Stream };
    const open = { socket, stream };
    const end = (): void => {
      this.#open.delete(open);
      socket?.off('close', end);
    };
    this.#open.add(open);
    // What no server of Node answers is finished, and never closed.
    for (const event of ['finish', 'close']) response.on(event, end);
    // A pipelined response that waits for its turn does not close with its socket.
    socket?.on('close', end);
  }

  /** Cuts them off. */
  cut(): void {
    for (const { socket, stream } of this.#open) {
      socket?.destroy();
      stream?.close();
    }
  }
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { eventually, nextTurns } from './eventually.js';

/** Knows, without the library, which requests a server has received and which of them are over. */
export class ServerWatch {
  readonly #open = new Map<ServerResponse, IncomingMessage>();
  #received = 0;

  constructor(server: Server) {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#received++;
      this.#open.set(response, request);
      response.once('close', () => this.#open.delete(response));
    });
  }

  /** Requests that have reached the server, scrapes included. */
  get received(): number {
    return this.#received;
  }

  /** `METHOD target` of the requests that are not over. */
  get open(): string[] {
    return this.#requests(() => true);
  }

  /** Waits until every request that has reached the server is over. */
  async settled(): Promise<void> {
    await this.#gone(() => true);
  }

  /** Waits until every request whose response was ended is over; others may go on. */
  async answeredAreClosed(): Promise<void> {
    await this.#gone((response) => response.writableEnded);
  }

  async #gone(which: (response: ServerResponse) => boolean): Promise<void> {
    await eventually(() => {
      const open = this.#requests(which);
      if (open.length > 0) throw new Error(`still open: ${open.join(', ')}`);
    });
    await nextTurns();
  }

  /** A pipelined response that never had its turn does not close; its socket does. */
  #requests(which: (response: ServerResponse) => boolean): string[] {
    return [...this.#open]
      .filter(([response, request]) => !request.socket.destroyed && which(response))
      .map(([, request]) => `${request.method} ${request.url}`);
  }
}

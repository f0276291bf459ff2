import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { clearTimeout, setTimeout } from '../core/timers.js';

/**
 * The connections of a server, none of which keeps the process alive.
 *
 * `server.close()` would wait for ever for a connection over which no request has come, or whose
 * TLS handshake is not done.
 */
export class ServerConnections {
  readonly #sockets = new Set<Socket>();
  readonly #responses = new Set<ServerResponse>();
  #onIdle: (() => void) | undefined;

  constructor(server: Server) {
    server.on('connection', (socket) => {
      socket.unref();
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    // Of TLS: the socket of `connection` has handed its handle on to this one.
    server.on('secureConnection', (socket: Socket) => socket.unref());
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#responses.add(response);
      const end = (): void => {
        socket.off('close', end);
        this.#ended(response);
      };
      response.on('close', end);
      // A pipelined response that waits for its turn does not close with its socket.
      socket.setMaxListeners(0).on('close', end);
    });
  }

  /**
   * Waits for the responses that are under way, then closes all connections.
   *
   * @param milliseconds that it waits at most
   */
  async close(milliseconds: number): Promise<void> {
    if (this.#responses.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    for (const socket of this.#sockets) socket.destroy();
  }

  #ended(response: ServerResponse): void {
    this.#responses.delete(response);
    if (this.#responses.size === 0) this.#onIdle?.();
  }
}

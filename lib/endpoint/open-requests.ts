import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

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
    const isHttp2 = request.httpVersionMajor >= 2;
    // What is no request of a server may have no socket.
    const socket = isHttp2 ? undefined : (request.socket as Socket | undefined);
    const { stream } = response as { stream?: Http2Stream };
    const open = { socket, stream: isHttp2 ? stream : undefined };
    const end = (): void => {
      this.#open.delete(open);
      socket?.off('close', end);
    };
    this.#open.add(open);
    response.on('close', end);
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

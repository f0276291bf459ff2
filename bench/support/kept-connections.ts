import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const RESPONSE = 'HTTP/1.1 ';

/** Connections to a server that stay between its turns, so that a turn is its requests alone. */
export class KeptConnections {
  private constructor(
    private readonly sockets: readonly Socket[],
    private readonly request: string,
  ) {}

  /** @param count of connections */
  static async open(url: string, path: string, count: number): Promise<KeptConnections> {
    const { hostname, port } = new URL(url);
    const sockets = Array.from({ length: count }, () =>
      connect({ host: hostname, port: Number(port), noDelay: true }),
    );
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return new KeptConnections(
      sockets,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n`,
    );
  }

  /** Sends so many requests, on each connection the next one when one is answered. */
  async send(requests: number): Promise<void> {
    let left = requests;
    const ask = async (socket: Socket): Promise<void> => {
      while (left > 0) {
        left -= 1;
        socket.write(this.request);
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        if (!chunk.includes(RESPONSE)) throw new Error(`no response: ${chunk.toString()}`);
      }
    };
    await Promise.all(this.sockets.map(ask));
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}

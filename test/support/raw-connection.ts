import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A TCP connection under full control: half requests, pipelining, going away at any moment. */
export class RawConnection {
  /** Settles when the connection is closed, by whichever side; gives all that was received. */
  readonly closed: Promise<string>;
  #received = '';

  private constructor(readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (this.#received += chunk));
    // A reset by the server is one way to close; `closed` tells of it.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve(this.#received));
    });
  }

  static async open(port: number, host = '127.0.0.1'): Promise<RawConnection> {
    const connection = new RawConnection(connect({ port, host }));
    await once(connection.socket, 'connect');
    return connection;
  }

  /** What the server has sent so far; bytes as characters. */
  get received(): string {
    return this.#received;
  }

  write(text: string): this {
    this.socket.write(text);
    return this;
  }

  /** Closes our half; the server may go on sending. */
  end(): this {
    this.socket.end();
    return this;
  }

  /** Goes away at once, as a client that crashed or was cut off (RST). */
  destroy(): this {
    this.socket.resetAndDestroy();
    return this;
  }

  /** Stops reading, so that the server meets backpressure. */
  pause(): this {
    this.socket.pause();
    return this;
  }

  /** Waits until the received text matches, and gives it. Rejects when the server closes before. */
  async until(pattern: string | RegExp): Promise<string> {
    const matches = (): boolean =>
      typeof pattern === 'string'
        ? this.#received.includes(pattern)
        : this.#received.search(pattern) !== -1;
    while (!matches()) {
      if (this.socket.closed) throw new Error(`closed before ${pattern} came: ${this.#received}`);
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
    return this.#received;
  }
}

/**
 * The text of an HTTP/1.1 request.
 *
 * @example
 * app.raw(requestText('GET', '/a') + requestText('GET', '/b', { connection: 'close' }))
 */
export function requestText(
  method: string,
  target: string,
  headers: Readonly<Record<string, string | number>> = {},
  body = '',
): string {
  const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
  const lines = Object.entries({ host: 'localhost', ...length, ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${target} HTTP/1.1\r\n${head}\r\n${body}`;
}

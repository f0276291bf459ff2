import { Duplex } from 'node:stream';
import type { Server } from 'node:http';

export interface DriveRequest {
  readonly paths: readonly string[];
  readonly requests: number;
  /** Requests that are sent at once, on one connection. */
  readonly pipelining: number;
}

const RESPONSE = 'HTTP/1.1 ';

/**
 * A connection without a network: requests go to the server's parser and responses are counted, all
 * in the server's own process. What a request costs then depends on the application alone.
 */
class Connection extends Duplex {
  #open = 0;
  #onAnswered: () => void = () => {};

  /** Sends a text of so many requests; resolves when all are answered. */
  exchange(text: string, requests: number): Promise<void> {
    this.#open = requests;
    this.push(text, 'latin1');
    return new Promise((resolve) => {
      this.#onAnswered = resolve;
    });
  }

  // What Node's server calls on a socket.
  setTimeout(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.#count(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer | string }[], done: () => void): void {
    for (const { chunk } of chunks) this.#count(chunk);
    done();
  }

  #count(chunk: Buffer | string): void {
    let at = chunk.indexOf(RESPONSE);
    while (at !== -1) {
      this.#open -= 1;
      at = chunk.indexOf(RESPONSE, at + RESPONSE.length);
    }
    if (this.#open === 0) setImmediate(this.#onAnswered);
  }
}

/** Microseconds of processor time for each request that a server of this process answers. */
export async function drive(server: Server, options: DriveRequest): Promise<number> {
  const { paths, requests, pipelining } = options;
  const connection = new Connection({ decodeStrings: false });
  server.emit('connection', connection);
  const batches = Math.ceil(requests / pipelining);
  const start = process.cpuUsage();
  for (let batch = 0; batch < batches; batch++) {
    let text = '';
    for (let i = 0; i < pipelining; i++) {
      const path = paths[(batch * pipelining + i) % paths.length];
      text += `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n`;
    }
    await connection.exchange(text, pipelining);
  }
  const { user, system } = process.cpuUsage(start);
  connection.destroy();
  return (user + system) / (batches * pipelining);
}

import { Duplex } from 'node:stream';

const ANSWER = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\nKeep-Alive: timeout=60\r\n\r\nok',
);

/**
 * A connection without a network, for clients: whatever is written is a whole request, and has its
 * answer in the next turn of the event loop. What a request costs then is the client's alone.
 */
export class AnsweringConnection extends Duplex {
  constructor() {
    super({ decodeStrings: false });
  }

  // What clients call on a socket.
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    this.#answer(done);
  }

  override _writev(_chunks: unknown, done: () => void): void {
    this.#answer(done);
  }

  #answer(done: () => void): void {
    done();
    setImmediate(() => this.push(ANSWER));
  }
}

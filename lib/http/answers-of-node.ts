/** What is answered in place of a response, when the rest of a request is malformed or late. */
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { BRAND } from '../core/brands.js';

const ANSWER = Symbol.for(`${BRAND}answer`);

interface AnsweringSocket extends Socket {
  /** The status that a listener for `clientError` has written. */
  [ANSWER]?: number;
}

/** What Node's server answers by itself, by the error with which it closes the connection. */
const STATUSES_OF_NODE: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Where somebody listens for `clientError`, as Fastify does, Node leaves the answer to that listener.
 * A listener of ours alone would keep Node from answering.
 *
 * @see https://nodejs.org/api/http.html#event-clienterror
 */
export function followAnswers(server: EventEmitter): void {
  if (server.listenerCount('clientError') > 0) server.prependListener('clientError', noteAnswer);
}

export function unfollowAnswers(server: EventEmitter): void {
  server.removeListener('clientError', noteAnswer);
}

/** The status that went out instead of a response; `undefined`: none. */
export function answerOf(socket: Socket): number | undefined {
  const answer = (socket as AnsweringSocket)[ANSWER];
  if (answer !== undefined) return answer;
  const { code = '' } = (socket.errored ?? {}) as { code?: string };
  return STATUSES_OF_NODE[code] ?? (code.startsWith('HPE_') ? 400 : undefined);
}

function noteAnswer(_error: unknown, socket: AnsweringSocket): void {
  const noting = (chunk: unknown): void => {
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(String(chunk))?.[1];
    if (status !== undefined) socket[ANSWER] ??= Number(status);
  };
  for (const name of ['write', 'end'] as const) {
    const original = socket[name] as (...args: unknown[]) => never;
    socket[name] = function (this: Socket, ...args: unknown[]) {
      noting(args[0]);
      return original.apply(this, args);
    };
  }
}

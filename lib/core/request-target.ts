import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The path of a request target, without the query string. Takes the origin form (`/a?b`), the
 * absolute form that proxies send (`http://host/a`), and `*`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#name-request-target
 */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  if (path.charCodeAt(0) === 0x2f) return path;
  const scheme = path.indexOf('://');
  if (scheme === -1) return path;
  const start = path.indexOf('/', scheme + 3);
  return start === -1 ? '/' : path.slice(start);
}

/**
 * The socket of a request that closes with it. A request of HTTP/2 has a stream of its own instead,
 * and what stands for a socket where there is no server may tell nothing of its end.
 */
export function closingSocketOf({ httpVersionMajor, socket }: IncomingMessage): Socket | undefined {
  const { on, off } = (socket as Partial<Socket> | undefined) ?? {};
  const isEmitter = typeof on === 'function' && typeof off === 'function';
  return httpVersionMajor < 2 && isEmitter ? socket : undefined;
}

import { methodLabel } from '../http/method-label.js';
import type { CallTimer } from './call-timer.js';
import { FAILED } from './node-requests.js';
import type { Subscriptions } from './subscriptions.js';

const STATUS = Symbol('status');

/** The request of undici's channels, an object that the application does not see. */
interface UndiciRequest {
  readonly method: string;
  readonly origin?: string | URL;
  /** The number, once there is a response. */
  [STATUS]?: string;
}

interface UndiciMessage {
  readonly request: UndiciRequest;
  readonly response?: { readonly statusCode: number };
}

/**
 * Measures requests of `fetch` and undici, each once: from when it is made until its response is
 * complete, or it fails. Each hop of a redirection is a request of its own.
 *
 * @see https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
 */
export function watchUndiciRequests(timer: CallTimer, subscriptions: Subscriptions): void {
  const end = (request: UndiciRequest, status: string): void =>
    timer.end(request, [methodLabel(request.method), hostOf(request.origin), status]);
  subscriptions.add('undici:request:create', (message) => {
    timer.begin((message as UndiciMessage).request);
  });
  subscriptions.add('undici:request:headers', (message) => {
    const { request, response } = message as UndiciMessage;
    if (response !== undefined) request[STATUS] = String(response.statusCode);
  });
  subscriptions.add('undici:request:trailers', (message) => {
    const { request } = message as UndiciMessage;
    end(request, request[STATUS] ?? FAILED);
  });
  subscriptions.add('undici:request:error', (message) => {
    end((message as UndiciMessage).request, FAILED);
  });
}

/** An origin has no port where it is the scheme's own. */
function hostOf(origin: string | URL | undefined): string {
  const text = String(origin ?? '').toLowerCase();
  const scheme = text.indexOf('://');
  const from = scheme === -1 ? 0 : scheme + 3;
  const to = text.indexOf('/', from);
  return text.slice(from, to === -1 ? text.length : to);
}

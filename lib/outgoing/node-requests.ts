import type { ClientRequest, IncomingMessage } from 'node:http';
import { isOwnRequest } from '../core/own-requests.js';
import { methodLabel } from '../http/method-label.js';
import type { CallTimer } from './call-timer.js';
import type { Subscriptions } from './subscriptions.js';

/** What failed before its response was complete. */
export const FAILED = 'error';

/** A request with its response, which Node sets when it arrives, also one that switches protocols. */
interface AnsweredRequest extends ClientRequest {
  readonly res?: IncomingMessage | null;
}

/**
 * Measures requests of `node:http` and `node:https`, each once: from when it is sent until Node lets
 * go of it, which it does when the response is complete, and when request or response fail.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html#http
 */
export function watchNodeRequests(timer: CallTimer, subscriptions: Subscriptions): void {
  function end(this: AnsweredRequest): void {
    timer.end(this, [methodLabel(this.method), hostOf(this), statusOf(this)]);
  }
  subscriptions.add('http.client.request.start', (message) => {
    const { request } = message as { readonly request: AnsweredRequest };
    if (isOwnRequest(request)) return;
    timer.begin(request);
    // The timer sees to it that it ends once: `once` makes two more objects, and takes them off again.
    request.on('close', end);
  });
}

function statusOf({ res }: AnsweredRequest): string {
  return res?.complete === true && res.statusCode !== undefined ? String(res.statusCode) : FAILED;
}

/** Node leaves the port out of the header where it is the scheme's own. */
function hostOf(request: AnsweredRequest): string {
  const host: unknown = request.getHeader('host') ?? request.host;
  return typeof host === 'string' ? host.toLowerCase() : '';
}

import type { CallTimer } from './call-timer.js';
import { DATABASE_CHANNELS, type DatabaseChannel } from './database-clients.js';
import type { Subscriptions } from './subscriptions.js';

type Context = Readonly<Record<string, unknown>>;

/**
 * Measures calls to databases, each once: from its beginning until its result or its error is there.
 * A client that is not installed publishes nothing, and costs nothing.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html#class-tracingchannel
 */
export function watchDatabaseCalls(timer: CallTimer, subscriptions: Subscriptions): void {
  for (const each of DATABASE_CHANNELS) watch(each, timer, subscriptions);
}

function watch(
  { system, channel, operationOf }: DatabaseChannel,
  timer: CallTimer,
  subscriptions: Subscriptions,
): void {
  const end = (context: Context): void => {
    const operation = operationOf(context);
    if (operation === undefined) return;
    timer.end(context, [system, operation, 'error' in context ? 'error' : 'success']);
  };
  const on = (event: string, listener: (context: Context) => void): void =>
    subscriptions.add(`tracing:${channel}:${event}`, (message) => listener(message as Context));
  on('start', (context) => {
    if (operationOf(context) !== undefined) timer.begin(context);
  });
  on('asyncEnd', end);
  // What fails before it has begun to wait has no asynchronous end.
  on('end', (context) => {
    if ('error' in context) end(context);
  });
}

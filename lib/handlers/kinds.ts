import type { DecoratorTarget } from '../nest/discovery.js';
import {
  BULL_PROCESS,
  BULLMQ_PROCESSOR,
  CQRS_COMMAND_HANDLER,
  CQRS_EVENTS_HANDLER,
  CQRS_QUERY_HANDLER,
  CRON_OPTIONS,
  EVENT_LISTENER,
  GRAPHQL_OPERATION,
  INTERVAL_OPTIONS,
  MESSAGE_HANDLER,
  TIMEOUT_OPTIONS,
  WS_MESSAGE,
} from '../nest/metadata.js';
import { pipelineOf } from '../nest/pipeline.js';

/**
 * How calls by a package are told from those by the application's own code:
 *
 * - `pipeline`: Nest calls it through interceptors, one of which is ours.
 * - `captured`: the package takes the method from the instance once, while the application starts.
 * - `listener`: the package registers a listener with an emitter, which calls the method.
 * - `bus`: the package binds the instance to a bus, which calls the method.
 */
export type Way = 'pipeline' | 'captured' | 'listener' | 'bus';

/** A kind of handler, or one package's handlers of a kind. */
export interface Kind {
  /** Value of the label `kind`. */
  readonly name: string;
  readonly way: Way;
  /** Whether nobody waits for the result, so that nobody notices when there is none. */
  readonly isUnattended: boolean;
}

/** What the packages note on methods, and the kind of those that have it. */
const BY_METHOD: ReadonlyMap<unknown, Kind> = new Map([
  [GRAPHQL_OPERATION, kindOf('graphql', 'pipeline')],
  [MESSAGE_HANDLER, kindOf('rpc', 'pipeline')],
  [WS_MESSAGE, kindOf('ws', 'pipeline')],
  [CRON_OPTIONS, kindOf('cron', 'captured')],
  [INTERVAL_OPTIONS, kindOf('interval', 'captured')],
  [TIMEOUT_OPTIONS, kindOf('timeout', 'captured')],
  [BULL_PROCESS, kindOf('queue', 'captured')],
  [EVENT_LISTENER, kindOf('event', 'listener')],
]);

/** Methods that are handlers by their name, where a package has noted something on the class. */
const BY_CLASS: ReadonlyMap<string, readonly (readonly [key: string, kind: Kind])[]> = new Map([
  ['process', [[BULLMQ_PROCESSOR, kindOf('queue', 'captured')]]],
  ['handle', [[CQRS_EVENTS_HANDLER, kindOf('event', 'bus')]]],
  [
    'execute',
    [
      [CQRS_COMMAND_HANDLER, kindOf('command', 'bus')],
      [CQRS_QUERY_HANDLER, kindOf('query', 'bus')],
    ],
  ],
]);

/**
 * The kinds of handlers that serve no HTTP request, which a method of a class is. The packages are
 * never loaded.
 */
export function kindsOf(
  { target, name = '', keys }: DecoratorTarget,
  type: Function,
): readonly Kind[] {
  const found: Kind[] = [];
  for (const key of keys) {
    const kind = BY_METHOD.get(key);
    if (kind === undefined) continue;
    if (kind.way !== 'pipeline' || pipelineOf(target) === kind.name) found.push(kind);
  }
  for (const [key, kind] of BY_CLASS.get(name) ?? []) {
    if (Reflect.hasMetadata(key, type)) found.push(kind);
  }
  return found;
}

function kindOf(name: string, way: Way): Kind {
  return { name, way, isUnattended: way === 'captured' };
}

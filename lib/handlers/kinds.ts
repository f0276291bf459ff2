import {
  BULL_PROCESS,
  BULLMQ_PROCESSOR,
  CQRS_COMMAND_HANDLER,
  CQRS_EVENTS_HANDLER,
  CQRS_QUERY_HANDLER,
  CRON_OPTIONS,
  EVENT_LISTENER,
  INTERVAL_OPTIONS,
  TIMEOUT_OPTIONS,
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
  /** Whether a method of a class is such a handler, by what its package noted on them. */
  isHandler(method: Function, name: string, type: Function): boolean;
}

/** All kinds of handlers that serve no HTTP request. The packages are never loaded. */
export const KINDS: readonly Kind[] = [
  pipelineKind('graphql'),
  pipelineKind('rpc'),
  pipelineKind('ws'),
  methodKind('cron', 'captured', CRON_OPTIONS),
  methodKind('interval', 'captured', INTERVAL_OPTIONS),
  methodKind('timeout', 'captured', TIMEOUT_OPTIONS),
  methodKind('queue', 'captured', BULL_PROCESS),
  classKind('queue', 'captured', BULLMQ_PROCESSOR, 'process'),
  methodKind('event', 'listener', EVENT_LISTENER),
  classKind('event', 'bus', CQRS_EVENTS_HANDLER, 'handle'),
  classKind('command', 'bus', CQRS_COMMAND_HANDLER, 'execute'),
  classKind('query', 'bus', CQRS_QUERY_HANDLER, 'execute'),
];

function pipelineKind(name: 'graphql' | 'rpc' | 'ws'): Kind {
  const isHandler = (method: Function): boolean => pipelineOf(method) === name;
  return { name, way: 'pipeline', isUnattended: false, isHandler };
}

/** Known by metadata of the method. */
function methodKind(name: string, way: Way, key: string): Kind {
  const isHandler = (method: Function): boolean => Reflect.hasMetadata(key, method);
  return { name, way, isUnattended: way === 'captured', isHandler };
}

/** Known by metadata of the class, and the name of the method. */
function classKind(name: string, way: Way, key: string, methodName: string): Kind {
  const isHandler: Kind['isHandler'] = (_method, method, type) =>
    method === methodName && Reflect.hasMetadata(key, type);
  return { name, way, isUnattended: way === 'captured', isHandler };
}

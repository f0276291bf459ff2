import { labelValueText } from '../metrics/label-value.js';
import { groupLabelName, type GroupBy } from '../options/default-metrics-options.js';
import { UNMATCHED } from '../core/constants.js';
import type { Exchange } from './exchange.js';
import type { ControllerHandler } from '../nest/handler-index.js';
import type { PathLimiter } from './path-limiter.js';
import type { HttpPlatform } from './platform.js';

/** What a request is grouped by. */
export interface GroupResolver {
  readonly labelName: string;
  /** Whether the value of a request is its raw path, as long as the limit allows. */
  readonly isPath: boolean;
  /** Whether it calls a function of the application. */
  readonly isFunction: boolean;
  valueOf(exchange: Exchange): string;
}

/** Tells the controller and handler that a request is for, if it matched one. */
export type HandlerLocator = (exchange: Exchange) => ControllerHandler | undefined;

/** Whether the framework's request is read for the value. */
export function readsRequest(groupBy: GroupBy): boolean {
  return typeof groupBy === 'function' || !['path', 'route', 'endpoint'].includes(groupBy);
}

/** Compiles `groupBy`. A value that cannot be had is `''`; the request is counted all the same. */
export function groupResolver(
  groupBy: GroupBy,
  platform: HttpPlatform,
  limiter: PathLimiter,
  locate: HandlerLocator,
): GroupResolver {
  const labelName = groupLabelName(groupBy);
  const isPath = groupBy === 'path';
  const isFunction = typeof groupBy === 'function';
  if (isPath) {
    const valueOf = (exchange: Exchange): string =>
      limiter.labelValue(exchange.path, platform.routeOf(exchange)?.template);
    return { labelName, isPath, isFunction, valueOf };
  }
  if (groupBy === 'route') {
    const valueOf = (exchange: Exchange): string =>
      platform.routeOf(exchange)?.template ?? UNMATCHED;
    return { labelName, isPath, isFunction, valueOf };
  }
  if (groupBy === 'endpoint') {
    const valueOf = (exchange: Exchange): string => endpointText(locate(exchange));
    return { labelName, isPath, isFunction, valueOf };
  }
  const read =
    typeof groupBy === 'function'
      ? groupBy
      : (request: Record<string, unknown>): unknown => request[groupBy];
  const valueOf = (exchange: Exchange): string => {
    try {
      return labelValueText(read(exchange.request as Record<string, unknown>)) ?? '';
    } catch {
      return '';
    }
  };
  return { labelName, isPath, isFunction, valueOf };
}

function endpointText(found: ControllerHandler | undefined): string {
  return found === undefined ? UNMATCHED : `${found.controller.name}.${found.handler.name}`;
}

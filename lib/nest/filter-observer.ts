import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { BRAND } from '../core/brands.js';

/** Told what a filter is given, before the filter runs. */
export type ExceptionListener = (exception: unknown, host: ArgumentsHost) => void;

type Catch = ExceptionFilter['catch'];

/** Marks a `catch` that tells a listener. */
const OBSERVED = Symbol.for(`${BRAND}observed`);

/**
 * The filter with a `catch` that tells the listener first. Inherits from the filter, so that Nest
 * finds its metadata; the filter's own `catch` runs on the filter itself.
 */
export function observedCopy(
  filter: ExceptionFilter,
  listener: ExceptionListener,
): ExceptionFilter {
  const observed: Catch = (exception, host) => {
    listener(exception, host);
    return filter.catch(exception, host) as unknown;
  };
  return Object.create(filter, { catch: { value: observed, writable: true } }) as ExceptionFilter;
}

/**
 * Gives the filter a `catch` of its own that tells the listener first, for filters that Nest finds
 * itself and that no copy can stand for. Done once a filter, however often it is called; a filter
 * that is frozen stays as it is.
 */
export function observeInPlace(filter: unknown, listener: ExceptionListener): void {
  if (typeof filter !== 'object' || filter === null) return;
  const original = (filter as Partial<ExceptionFilter>).catch as
    (Catch & { [OBSERVED]?: true }) | undefined;
  if (typeof original !== 'function' || original[OBSERVED] === true) return;
  const observed = function (this: ExceptionFilter, ...args: Parameters<Catch>): unknown {
    listener(...args);
    return original.apply(this, args) as unknown;
  };
  observed[OBSERVED] = true;
  // Says whether it was possible, where an assignment would throw.
  Reflect.defineProperty(filter, 'catch', { value: observed, writable: true, configurable: true });
}

import {
  Catch,
  type ArgumentsHost,
  type ExceptionFilter,
  type HttpServer,
  type Type,
} from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { BRAND } from '../core/brands.js';
import type { NestApplication } from './application.js';
import type { DiscoveredClass } from './discovery.js';
import { EXCEPTION_FILTERS } from './metadata.js';
import { httpResponseOf } from './raw.js';

/** Told what a filter is given, before the filter runs. */
export type ExceptionListener = (exception: unknown, host: ArgumentsHost) => void;

type CatchMethod = ExceptionFilter['catch'];

type BoundFilter = Type<unknown> | ExceptionFilter;

/** How Nest holds a provider: one instance, or one for each request or consumer. */
interface FilterHolder {
  getInstanceByContextId(...args: never[]): { readonly instance?: unknown } | undefined;
}

/** Marks a `catch` that tells a listener. */
const OBSERVED = Symbol.for(`${BRAND}observed`);

/**
 * Tells of every exception that reaches Nest's exception layer, from handlers, pipes, guards,
 * interceptors and middleware. Has to be called when the providers exist and before the routes are
 * registered, as they take the filters that are there.
 *
 * Filters run last-registered-first, those of methods and controllers before the global ones, and
 * one of them ends the search. So the application's own filters are observed one by one, and a
 * filter in front of all of them sees what none of them takes.
 */
export function observeExceptions(application: NestApplication, listener: ExceptionListener): void {
  const { config, httpAdapter } = application;
  const filters = config.getGlobalFilters();
  for (const [i, filter] of filters.entries()) filters[i] = observedCopy(filter, listener);
  if (httpAdapter !== undefined) filters.unshift(new LastResortFilter(httpAdapter, listener));
  const controllers = application.classes.filter(({ kind }) => kind === 'controller');
  const bound = new Set(controllers.flatMap(boundFilters));
  for (const holder of [...config.getGlobalRequestFilters(), ...bound]) {
    if ('getInstanceByContextId' in holder) observeHeld(holder, listener);
    else observeInPlace(holder, listener);
  }
}

/**
 * Takes what no filter of the application takes and does what Nest does without it.
 *
 * For anything that is no HTTP request it returns nothing, which lets Nest go on with its own
 * handling there.
 */
@Catch()
class LastResortFilter extends BaseExceptionFilter {
  constructor(
    httpAdapter: HttpServer,
    private readonly listener: ExceptionListener,
  ) {
    super(httpAdapter);
  }

  override catch(exception: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') return;
    if (httpResponseOf(host.switchToHttp().getResponse()) === undefined) return;
    this.listener(exception, host);
    super.catch(exception, host);
  }
}

/**
 * The filter with a `catch` that tells the listener first. Inherits from the filter, so that Nest
 * finds its metadata; the filter's own `catch` runs on the filter itself.
 */
export function observedCopy(
  filter: ExceptionFilter,
  listener: ExceptionListener,
): ExceptionFilter {
  const observed: CatchMethod = (exception, host) => {
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
    (CatchMethod & { [OBSERVED]?: true }) | undefined;
  if (typeof original !== 'function' || original[OBSERVED] === true) return;
  const observed = function (this: ExceptionFilter, ...args: Parameters<CatchMethod>): unknown {
    listener(...args);
    return original.apply(this, args) as unknown;
  };
  observed[OBSERVED] = true;
  // Says whether it was possible, where an assignment would throw.
  Reflect.defineProperty(filter, 'catch', { value: observed, writable: true, configurable: true });
}

/**
 * Observes each instance that the holder gives out: also those of request-scoped filters, which
 * are made anew for each request.
 */
function observeHeld(holder: FilterHolder, listener: ExceptionListener): void {
  const original = holder.getInstanceByContextId;
  holder.getInstanceByContextId = function (this: FilterHolder, ...args) {
    const held = original.apply(this, args);
    observeInPlace(held?.instance, listener);
    return held;
  };
}

/**
 * The filters that a controller and its methods bind with `@UseFilters()`: instances, and holders
 * of those that were given as classes. They come before the global filters, which therefore never
 * see what one of them takes.
 */
function boundFilters({ module, targets }: DiscoveredClass): (BoundFilter | FilterHolder)[] {
  return targets
    .filter(({ keys }) => keys.includes(EXCEPTION_FILTERS))
    .flatMap(({ target }) => Reflect.getMetadata(EXCEPTION_FILTERS, target) as BoundFilter[])
    .map((filter) =>
      typeof filter === 'function' ? (module.injectables.get(filter) ?? filter) : filter,
    );
}

import { Catch, HttpException, type ArgumentsHost, type HttpServer } from '@nestjs/common';
import { BaseExceptionFilter, type ApplicationConfig, type ModulesContainer } from '@nestjs/core';
import { observeBoundFilters, observeHeld } from '../nest/bound-filters.js';
import { Exchange } from './exchange.js';
import { observedCopy } from '../nest/filter-observer.js';

/**
 * Sees every exception that reaches Nest's exception layer, from handlers, pipes, guards,
 * interceptors and middleware, and notes it with the request. Has to be called before the routes
 * are registered, as they take the filters that are there.
 *
 * Filters run last-registered-first, those of methods and controllers before the global ones, and
 * one of them ends the search. So the application's own filters are observed one by one, and a
 * filter in front of all of them sees what none of them takes.
 */
export function observeExceptions(
  config: ApplicationConfig,
  modules: ModulesContainer,
  httpAdapter: HttpServer,
): void {
  const filters = config.getGlobalFilters();
  for (const [i, filter] of filters.entries()) filters[i] = observedCopy(filter, noteException);
  filters.unshift(new LastResortFilter(httpAdapter));
  for (const holder of config.getGlobalRequestFilters()) observeHeld(holder, noteException);
  observeBoundFilters(modules, noteException);
}

/**
 * Takes what no filter of the application takes and does what Nest does without it.
 *
 * For other transports it returns nothing, which lets Nest go on with its own handling there.
 */
@Catch()
export class LastResortFilter extends BaseExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') return;
    noteException(exception, host);
    super.catch(exception, host);
  }
}

function noteException(exception: unknown, host: ArgumentsHost): void {
  if (host.getType() !== 'http' || exception instanceof HttpException) return;
  const response = host.switchToHttp().getResponse<object | undefined>();
  if (response !== undefined) Exchange.of(response)?.noteThrown();
}

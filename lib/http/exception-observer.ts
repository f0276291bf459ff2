import {
  Catch,
  HttpException,
  type ArgumentsHost,
  type ExceptionFilter,
  type HttpServer,
} from '@nestjs/common';
import { BaseExceptionFilter, type ApplicationConfig } from '@nestjs/core';
import { Exchange } from './exchange.js';

/**
 * Sees every exception that reaches Nest's exception layer, from handlers, pipes, guards,
 * interceptors and middleware, and notes it with the request. Has to be called before the routes
 * are registered, as they take the filters that are there.
 *
 * Filters run last-registered-first and one of them ends the search, so the application's own
 * global filters are observed one by one, and a filter in front of all of them sees what none of
 * them takes.
 */
export function observeExceptions(config: ApplicationConfig, httpAdapter: HttpServer): void {
  const filters = config.getGlobalFilters();
  for (const [i, filter] of filters.entries()) filters[i] = observed(filter);
  filters.unshift(new LastResortFilter(httpAdapter));
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

/**
 * The filter with a `catch` that notes the exception first. Inherits from the filter, so that Nest
 * finds its metadata; the filter's own `catch` runs on the filter itself.
 */
function observed(filter: ExceptionFilter): ExceptionFilter {
  const delegate = Object.create(filter) as ExceptionFilter;
  delegate.catch = (exception, host): unknown => {
    if (host.getType() === 'http') noteException(exception, host);
    return filter.catch(exception, host);
  };
  return delegate;
}

function noteException(exception: unknown, host: ArgumentsHost): void {
  if (exception instanceof HttpException) return;
  const response = host.switchToHttp().getResponse<object | undefined>();
  const exchange = response === undefined ? undefined : Exchange.of(response);
  if (exchange === undefined) return;
  exchange.threw = true;
  if (exchange.rawResponse.headersSent) exchange.threwAfterHeaders = true;
}

import {
  Catch,
  Injectable,
  Scope,
  type ArgumentsHost,
  type ExceptionFilter,
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** What code of a domain throws. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
}

/** Reports that a tracker of errors has received. */
export class Reports {
  readonly received: unknown[] = [];
}

/** Reports an exception and answers 500, as the filters of error trackers do. */
@Catch()
@Injectable()
export class ReportingFilter implements ExceptionFilter {
  readonly #adapters: HttpAdapterHost;
  readonly #reports: Reports;

  constructor(adapters: HttpAdapterHost, reports: Reports) {
    this.#adapters = adapters;
    this.#reports = reports;
  }

  catch(exception: unknown, host: ArgumentsHost): void {
    this.#reports.received.push(exception);
    const { httpAdapter } = this.#adapters;
    httpAdapter.reply(host.switchToHttp().getResponse(), { reported: true }, 500);
  }
}

/** The same, made anew for each request. */
@Catch()
@Injectable({ scope: Scope.REQUEST })
export class RequestScopedFilter extends ReportingFilter {}

/** A filter without dependencies that answers exceptions of a type with a status. */
export function answering(status: number, ...types: Type<unknown>[]): ExceptionFilter {
  @Catch(...types)
  class AnsweringFilter implements ExceptionFilter {
    readonly #status = status;

    catch(_exception: unknown, host: ArgumentsHost): void {
      const response = host.switchToHttp().getResponse<{
        status(code: number): { send(body: unknown): unknown };
      }>();
      response.status(this.#status).send({ status: this.#status });
    }
  }
  return new AnsweringFilter();
}

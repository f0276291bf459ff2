import { UseInterceptors } from '@nestjs/common';
import { defer, finalize, type Observable } from 'rxjs';
import { adoptMethod } from '../decorators/measured-class.js';
import { PrometheusInterceptor } from '../decorators/prometheus.interceptor.js';
import type { NestApplication } from '../nest/application.js';
import { shareInjectable } from '../nest/enhancers.js';
import { ExpectedRun } from './expected-run.js';
import type { HandlerSeries } from './handler-metrics.js';
import type { FoundHandler } from './found-handlers.js';

/**
 * The handlers that Nest calls through guards, interceptors and pipes. An interceptor tells that a
 * call is on its way, the method itself that it got there: what a pipe turns away is no call, and
 * neither is a call of the method by the application's own code.
 */
export class PipelineHandlers {
  readonly #handlers = new Map<Function, Map<Function, PipelineHandler>>();
  readonly #releases: (() => void)[] = [];

  constructor(private readonly application: NestApplication) {}

  /** Has to be called before Nest looks at the handler. */
  add({ type, name, module }: FoundHandler, series: HandlerSeries): void {
    this.#releases.push(adoptMethod(type, name, UseInterceptors(PrometheusInterceptor)));
    shareInjectable(this.application.modules, PrometheusInterceptor, module);
    const method = (type.prototype as Record<string, Function>)[name] as Function;
    const ofType = this.#handlers.get(type) ?? new Map<Function, PipelineHandler>();
    this.#handlers.set(type, ofType);
    if (!ofType.has(method)) ofType.set(method, new PipelineHandler(series));
  }

  of(type: Function, method: Function): PipelineHandler | undefined {
    return this.#handlers.get(type)?.get(method);
  }

  /** Leaves the classes as they were. */
  release(): void {
    for (const release of this.#releases.splice(0)) release();
    this.#handlers.clear();
  }
}

/**
 * Counts how many calls are on their way to one handler, not which: nothing connects a call of the
 * method with the call of the interceptor. Where both are under way at the same time, one may be
 * taken for the other, which changes no number.
 */
export class PipelineHandler extends ExpectedRun {
  /** Calls that have reached the interceptor and are not over. */
  #open = 0;
  /** Those of them that may still reach the method. */
  #expected = 0;

  /** @param result of the rest of the pipeline */
  follow<T>(result: Observable<T>): Observable<T> {
    return defer(() => {
      this.#open += 1;
      this.#expected += 1;
      return result.pipe(
        finalize(() => {
          this.#open -= 1;
          this.#expected = Math.min(this.#expected, this.#open);
        }),
      );
    });
  }

  protected override takeExpected(): boolean {
    if (this.#expected === 0) return false;
    this.#expected -= 1;
    return true;
  }
}

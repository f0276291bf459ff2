import type { CallHandler, ExecutionContext, HttpServer } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { MetricSpec } from '../decorators/metric-spec.js';
import { Exchange } from '../http/exchange.js';
import type { HttpMetrics } from '../http/http-metrics.js';
import { onHandlerReached } from '../nest/handler-reached.js';
import type { CallMeter } from '../decorators/prometheus.interceptor.js';
import type { PathTest } from '../options/excluded-paths.js';
import type { CallPlans } from '../calls/call-plans.js';
import { callPlan, withoutRepeats, type CallPlan } from '../calls/call-plan.js';
import {
  MeasuredCall,
  PipelineCall,
  type CallSubject,
  type ResponseConverter,
} from '../calls/measured-call.js';
import { measuredResult } from './measured-result.js';
import type { PipelineHandlers } from './pipeline-handlers.js';
import { BRAND } from '../core/brands.js';

/**
 * Set on the context of a call that serves no HTTP request and is being measured: an interceptor may
 * be bound twice, or called again by another one that retries the handler. It holds the call where
 * that may go on.
 */
const MEASURED = Symbol.for(`${BRAND}measured`);

interface MarkedContext {
  [MEASURED]?: true | PipelineCall;
}

export interface HandlerCallMeterParts {
  readonly metrics: CallPlans;
  readonly http: HttpMetrics;
  /** Handlers that are in the default metrics and serve no HTTP request. */
  readonly pipeline: PipelineHandlers;
  readonly convert: ResponseConverter | undefined;
  /** Paths whose calls are not recorded. */
  readonly isExcluded: PathTest | undefined;
}

/** Records the calls of handlers. */
export class HandlerCallMeter implements CallMeter {
  readonly #parts: HandlerCallMeterParts;
  readonly #lateSpecs = new Set<MetricSpec>();
  #latePlan: CallPlan | undefined;
  #stopLate: (() => void) | undefined;

  constructor(parts: HandlerCallMeterParts) {
    this.#parts = parts;
  }

  measure(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return context.getType() === 'http'
      ? this.#measureHttp(context, next)
      : this.#measureOther(context, next);
  }

  /**
   * Records the given metrics for all controller handlers that requests reach from now on, although
   * their routes are registered without an interceptor. Such a call lasts until its response is
   * closed, and has no execution context unless something else needed it.
   */
  addLate(specs: readonly MetricSpec[], httpAdapter: HttpServer): void {
    for (const spec of specs) this.#lateSpecs.add(spec);
    const { metrics } = this.#parts;
    this.#latePlan = callPlan(
      [...this.#lateSpecs].map((spec) => metrics.instrument(spec, 'registerDefault()')),
    );
    this.#stopLate ??= onHandlerReached(httpAdapter, (response) => {
      const exchange = Exchange.of(response);
      if (exchange !== undefined) this.#measureLate(exchange);
    });
  }

  stop(): void {
    this.#stopLate?.();
    this.#stopLate = undefined;
  }

  #measureHttp(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { metrics, http, isExcluded, convert } = this.#parts;
    const plan = metrics.planOf(context);
    if (plan === undefined) return next.handle();
    // `switchToHttp()` gives the context three functions of its own.
    const exchange = Exchange.of(context.getArgByIndex(1)) ?? http.exchangeOf(context);
    // Something that calls itself HTTP and is none: the method is measured, not its pipeline.
    if (exchange === undefined || isExcluded?.(exchange.path) === true) return next.handle();
    exchange.reach(context.getClass(), context.getHandler());
    const earlier = exchange.calls;
    const known = earlier?.find((call) => call.isOf(context));
    if (known !== undefined) return measuredAgain(known, next);
    const own = earlier === undefined ? plan : withoutRepeats(plan, plansOf(earlier));
    if (own === undefined) return next.handle();
    const { request, response, status, isOver } = exchange;
    const call = new MeasuredCall(own, { request, executionContext: context }, convert);
    exchange.add(call);
    if (isOver) {
      // The client has gone while a guard was waiting.
      call.record(status, response);
      return next.handle();
    }
    call.begin();
    return own.isObserved ? measuredResult(next.handle(), call) : next.handle();
  }

  #measureOther(context: ExecutionContext & MarkedContext, next: CallHandler): Observable<unknown> {
    const { metrics, pipeline } = this.#parts;
    const plan = metrics.planOf(context);
    const handler = pipeline.of(context.getClass(), context.getHandler());
    if ((plan ?? handler) === undefined) return next.handle();
    const measured = context[MEASURED];
    if (measured === true) return next.handle();
    if (measured !== undefined) return measuredAgain(measured, next);
    context[MEASURED] = true;
    const result = plan === undefined ? next.handle() : this.#measureCall(plan, context, next);
    return handler === undefined ? result : handler.follow(result);
  }

  #measureCall(
    plan: CallPlan,
    context: ExecutionContext & MarkedContext,
    next: CallHandler,
  ): Observable<unknown> {
    const call = new PipelineCall(plan, subjectOf(context), this.#parts.convert);
    context[MEASURED] = call;
    call.begin();
    return measuredResult(next.handle(), call);
  }

  #measureLate(exchange: Exchange): void {
    const { http, metrics, isExcluded } = this.#parts;
    const plan = this.#latePlan;
    if (plan === undefined || exchange.calls !== undefined || http.isEndpoint(exchange)) return;
    const found = http.locate(exchange);
    const isOptedOut =
      found !== undefined && metrics.optOuts.of(found.controller, found.handler) === 'all';
    if (isOptedOut || isExcluded?.(exchange.path) === true) return;
    const call = new MeasuredCall(plan, { request: exchange.request });
    exchange.add(call);
    call.begin();
  }
}

/** What label functions see of a call that serves no HTTP request by itself. */
function subjectOf(executionContext: ExecutionContext): CallSubject {
  switch (executionContext.getType<string>()) {
    case 'rpc':
      return { executionContext, request: executionContext.switchToRpc().getData() };
    case 'ws':
      return { executionContext, request: executionContext.switchToWs().getData() };
    case 'graphql':
      return { executionContext, ...graphqlMessages(executionContext.getArgByIndex(2)) };
    default:
      return { executionContext };
  }
}

interface GraphqlContext {
  readonly req?: unknown;
  readonly request?: unknown;
  readonly res?: unknown;
  /** Of Fastify; Mercurius adds it to the context. */
  readonly reply?: { readonly request?: unknown };
}

/** Request and response in the context of GraphQL, under the names that its servers use. */
function graphqlMessages(context: unknown): Pick<CallSubject, 'request' | 'response'> {
  if (typeof context !== 'object' || context === null) return {};
  const { req, request, res, reply } = context as GraphqlContext;
  return { request: req ?? request ?? reply?.request, response: res ?? reply };
}

/** The call goes on when the handler's result has ended; until then the interceptor is bound twice. */
function measuredAgain(call: MeasuredCall, next: CallHandler): Observable<unknown> {
  if (!call.canGoOn) return next.handle();
  call.goOn();
  return measuredResult(next.handle(), call);
}

function plansOf(calls: readonly MeasuredCall[]): CallPlan[] {
  return calls.map(({ plan }) => plan);
}

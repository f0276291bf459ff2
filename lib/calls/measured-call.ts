import { AsyncResource } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import type { ExecutionContext } from '@nestjs/common';
import type { TapObserver } from 'rxjs';
import { errorText } from '../core/errors.js';
import { ReportOnce } from '../core/report-once.js';
import { setImmediate } from '../core/timers.js';
import type { ExemplarLabels } from '../metrics/exemplars.js';
import type { GaugeSeries } from '../metrics/gauge.js';
import type { MetricContext } from '../options/metric-context.js';
import type { ConvertedResponse } from '../options/prometheus-options.js';
import type { CallPlan, EndPlan } from './call-plan.js';

/** Nobody is told when the resource is gone, so nothing has to watch it. */
const SCOPE = { requireManualDestroy: true };

/** Makes a response for label functions of what a handler returned. Must not throw. */
export type ResponseConverter = (
  returnValue: unknown,
  executionContext: ExecutionContext,
) => ConvertedResponse | undefined;

/**
 * The `responseConverter` of the options, made safe: where it throws, label functions see the
 * response as it is.
 *
 * @param warn told the first time
 */
export function safeConverter(
  convert: ResponseConverter | undefined,
  warn: (message: string) => void,
): ResponseConverter | undefined {
  if (convert === undefined) return undefined;
  const reports = new ReportOnce(warn);
  return (returnValue, executionContext) => {
    try {
      return convert(returnValue, executionContext);
    } catch (error) {
      reports.report('threw', () => `Option \`responseConverter\` threw: ${errorText(error)}`);
      return undefined;
    }
  };
}

/** What label functions see of a call beside its end. */
export interface CallSubject {
  readonly request?: unknown;
  /** Of calls whose response does not come with their end. */
  readonly response?: unknown;
  readonly executionContext?: ExecutionContext | undefined;
  /** @default those of `executionContext` */
  readonly args?: unknown[];
}

/**
 * One call of a handler. Its gauges are up from the beginning until the handler's result is
 * complete or the response is closed, whichever comes first; the rest is recorded when the response
 * is closed. A result that fails may be followed by another one: an interceptor can call the handler
 * again, and all of that is one call.
 *
 * It is the observer of the handler's result, so that following one takes no closures.
 */
export class MeasuredCall implements Partial<TapObserver<unknown>> {
  #returnValue: unknown = undefined;
  #thrown: unknown = undefined;
  readonly #startedAt: number;
  #seconds: number | undefined;
  #raised: readonly GaugeSeries[] = [];
  #isUp = false;
  #isRecorded = false;
  #exemplar: ExemplarLabels | undefined;

  constructor(
    readonly plan: CallPlan,
    protected readonly subject: CallSubject,
    private readonly convert?: ResponseConverter,
  ) {
    this.#startedAt = plan.isTimed ? performance.now() : 0;
  }

  /** Raises the gauges, and takes the exemplar, which is at hand in the context of the call. */
  begin(): void {
    this.#exemplar = this.plan.exemplars?.();
    if (this.plan.gauges.length === 0) return;
    const context = this.#context();
    this.#raised = this.plan.gauges.map((gauge) => gauge.series(context));
    this.#raise();
  }

  /** Whether it is the call with this context. */
  isOf(executionContext: ExecutionContext): boolean {
    return this.subject.executionContext === executionContext;
  }

  /** Whether the handler's result has ended and the call's end is still to come. */
  get canGoOn(): boolean {
    return this.#seconds !== undefined && !this.#isRecorded;
  }

  /** The handler is called again: what came of it before does not count. */
  goOn(): void {
    this.#returnValue = undefined;
    this.#thrown = undefined;
    this.#seconds = undefined;
    this.#raise();
  }

  /** A value of the handler's result. */
  next(value: unknown): void {
    this.#returnValue = value;
  }

  /** The handler, a pipe or an inner interceptor threw. */
  error(error: unknown): void {
    this.#thrown = error;
  }

  /** The handler's result is complete, and is no failure. */
  complete(): void {
    this.#lower();
  }

  /** The handler's result has ended, or nobody waits for it any more. */
  finalize(): void {
    if (this.#seconds !== undefined) return;
    const { isTimed } = this.plan;
    this.#seconds = isTimed ? Math.max(0, performance.now() - this.#startedAt) / 1000 : 0;
  }

  /** Records what has to be known of the call's end. */
  record(statusCode: number | undefined, response: unknown): void {
    MeasuredCall.prototype.finalize.call(this);
    this.#isRecorded = true;
    this.#lower();
    const { fixed, evaluated } = this.plan;
    for (const counter of fixed.counters) counter.fixedSeries().inc(1, this.#exemplar);
    for (const timer of fixed.timers) {
      timer.fixedSeries().observe(this.#seconds as number, this.#exemplar);
    }
    if (evaluated !== undefined) this.#recordEvaluated(evaluated, statusCode, response);
  }

  /**
   * Apart from the rest, so that a call with fixed labels makes no context, and none has to be made
   * on demand: the closures for that took 200 of a call's 1,040 bytes.
   */
  #recordEvaluated(
    { counters, timers }: EndPlan,
    statusCode: number | undefined,
    response: unknown,
  ): void {
    const context = this.#endContext(statusCode, response);
    for (const counter of counters) {
      counter.metric.incAt(counter.slot(context), 1, this.#exemplar);
    }
    for (const timer of timers) {
      timer.metric.observeAt(timer.slot(context), this.#seconds as number, this.#exemplar);
    }
  }

  #raise(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    for (const series of this.#raised) series.add(1);
  }

  #lower(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    for (const series of this.#raised) series.add(-1);
  }

  #context(): MetricContext {
    const { executionContext, request, args } = this.subject;
    const context: MetricContext = {
      request,
      response: undefined,
      args: args ?? executionContext?.getArgs() ?? [],
    };
    if (executionContext !== undefined) context.executionContext = executionContext;
    return context;
  }

  #endContext(statusCode: number | undefined, response: unknown): MetricContext {
    const context = this.#context();
    context.response = response;
    if (statusCode !== undefined) context.statusCode = statusCode;
    if (this.#returnValue !== undefined) context.returnValue = this.#returnValue;
    if (this.#thrown !== undefined) context.error = this.#thrown;
    else this.#convert(context);
    return context;
  }

  #convert(context: MetricContext): void {
    const { executionContext } = this.subject;
    if (this.convert === undefined || executionContext === undefined) return;
    const converted = this.convert(this.#returnValue, executionContext);
    if (converted === undefined) return;
    context.response = converted;
    if (converted.statusCode !== undefined) context.statusCode = converted.statusCode;
  }
}

/** A call that no HTTP response ends: it is over when its result is complete. */
export class UnansweredCall extends MeasuredCall {
  /** Label functions run in the asynchronous context in which the call began. */
  readonly #scope: AsyncResource | undefined;
  #isOver = false;

  constructor(plan: CallPlan, subject: CallSubject, convert?: ResponseConverter) {
    super(plan, subject, convert);
    if (plan.evaluated !== undefined) this.#scope = new AsyncResource('MeasuredCall', SCOPE);
  }

  override finalize(): void {
    this.over();
  }

  protected over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { response } = this.subject;
    if (this.#scope === undefined) this.record(undefined, response);
    else this.#scope.runInAsyncScope(this.record, this, undefined, response);
  }
}

/**
 * A call of a handler by way of interceptors. Where its result has failed, or nobody waits for it any
 * more, one of them may call the handler again at once; then the call goes on.
 */
export class PipelineCall extends UnansweredCall {
  #isComplete = false;

  override complete(): void {
    super.complete();
    this.#isComplete = true;
  }

  override finalize(): void {
    if (this.#isComplete) return this.over();
    MeasuredCall.prototype.finalize.call(this);
    setImmediate(() => {
      if (this.canGoOn) this.over();
    });
  }
}

import { performance } from 'node:perf_hooks';
import type { CallPlan } from '../calls/call-plan.js';
import { UnansweredCall } from '../calls/measured-call.js';
import type { Method, MethodRun } from '../decorators/measured-method.js';
import type { CounterSeries } from '../metrics/counter.js';
import type { GaugeSeries } from '../metrics/gauge.js';
import type { HistogramSeries } from '../metrics/histogram.js';
import type { SummarySeries } from '../metrics/summary.js';
import type { Entry } from './captured-handlers.js';
import { followResult, isIncomplete, type ResultObserver } from './result.js';

/**
 * Records the calls of a method whose metrics have fixed labels. A call that is over when the method
 * returns takes no object.
 */
class FixedRun implements MethodRun {
  readonly seesArguments = false;
  readonly #gauges: readonly GaugeSeries[];
  readonly #counters: readonly CounterSeries[];
  readonly #timers: readonly (HistogramSeries | SummarySeries)[];

  constructor({ gauges, fixed }: CallPlan) {
    this.#gauges = gauges.map((gauge) => gauge.fixedSeries());
    this.#counters = fixed.counters.map((counter) => counter.fixedSeries());
    this.#timers = fixed.timers.map((timer) => timer.fixedSeries());
  }

  begin(): number {
    for (const gauge of this.#gauges) gauge.add(1);
    return this.#timers.length === 0 ? 0 : performance.now();
  }

  returned(begunAt: number, value: unknown): void {
    if (isIncomplete(value)) followResult(value, new FixedCall(this, begunAt));
    else this.end(begunAt);
  }

  threw(begunAt: number): void {
    this.end(begunAt);
  }

  end(begunAt: number): void {
    for (const gauge of this.#gauges) gauge.add(-1);
    for (const counter of this.#counters) counter.inc();
    if (this.#timers.length === 0) return;
    const seconds = Math.max(0, performance.now() - begunAt) / 1000;
    for (const timer of this.#timers) timer.observe(seconds);
  }

  call(target: object, method: Method, args: unknown[]): unknown {
    return method.apply(target, args);
  }
}

/** A call whose result is still to come. */
class FixedCall implements ResultObserver {
  #isOver = false;

  constructor(
    private readonly run: FixedRun,
    private readonly begunAt: number,
  ) {}

  next(): void {}

  error(): void {}

  finalize(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.run.end(this.begunAt);
  }
}

/** Records the calls of a method where label functions see each of them. */
class EvaluatedRun implements MethodRun {
  readonly seesArguments = true;

  constructor(private readonly plan: CallPlan) {}

  call(target: object, method: Method, args: unknown[]): unknown {
    const call = new UnansweredCall(this.plan, { args });
    call.begin();
    let value: unknown;
    try {
      value = method.apply(target, args);
    } catch (error) {
      call.error(error);
      call.finalize();
      throw error;
    }
    followResult(value, call);
    return value;
  }

  begin(): number {
    return 0;
  }

  returned(): void {}

  threw(): void {}
}

/** Calls a method by way of what records the call. */
export class EntryRun implements MethodRun {
  readonly seesArguments = true;

  constructor(private readonly entry: Entry) {}

  call(target: object, method: Method, args: unknown[]): unknown {
    return this.entry(() => method.apply(target, args), args);
  }

  begin(): number {
    return 0;
  }

  returned(): void {}

  threw(): void {}
}

/** Two that record the same calls, one around the other. */
export function bothRuns(outer: MethodRun, inner: MethodRun): MethodRun {
  return new EntryRun((call, args) => runCall(outer, () => runCall(inner, call, args), args));
}

function runCall(run: MethodRun, call: () => unknown, args: readonly unknown[]): unknown {
  if (run.seesArguments) return run.call(run, call, [...args]);
  const begunAt = run.begin();
  let value: unknown;
  try {
    value = call();
  } catch (error) {
    run.threw(begunAt, error);
    throw error;
  }
  run.returned(begunAt, value);
  return value;
}

/** How the calls of a method are recorded. */
export function methodRun(plan: CallPlan): MethodRun {
  const isEvaluated = plan.instruments.some((instrument) => instrument.isEvaluated);
  return isEvaluated ? new EvaluatedRun(plan) : new FixedRun(plan);
}

import type { CallPlan } from '../calls/call-plan.js';
import { UnansweredCall } from '../calls/measured-call.js';
import { clock } from '../core/clock.js';
import type { Method, MethodRun } from '../decorators/measured-method.js';
import type { CounterSeries } from '../metrics/counter.js';
import type { GaugeSeries } from '../metrics/gauge.js';
import type { HistogramSeries } from '../metrics/histogram.js';
import type { SummarySeries } from '../metrics/summary.js';
import { withPlace } from '../metrics/typed-column.js';
import type { Entry } from './captured-handlers.js';
import { followResult, isIncomplete, type ResultObserver } from './result.js';

/**
 * Records the calls of a method whose metrics have fixed labels. A call that is over when the method
 * returns takes no memory.
 */
class FixedRun implements MethodRun {
  readonly seesArguments = false;
  readonly #gauges: readonly GaugeSeries[];
  readonly #counters: readonly CounterSeries[];
  readonly #timers: readonly (HistogramSeries | SummarySeries)[];
  /**
   * When the calls began that are within each other, the outermost one first. A number that is
   * handed from one function to another may be made an object; in here it is none.
   */
  #begun = new Float64Array(1);
  #depth = 0;

  constructor({ gauges, fixed }: CallPlan) {
    this.#gauges = gauges.map((gauge) => gauge.fixedSeries());
    this.#counters = fixed.counters.map((counter) => counter.fixedSeries());
    this.#timers = fixed.timers.map((timer) => timer.fixedSeries());
  }

  /** @returns the place of the call among those that are within each other */
  begin(): number {
    const place = this.#takePlace();
    this.#record(place, false);
    return place;
  }

  returned(place: number, value: unknown): void {
    // To look at a value may run its code, which may call the method.
    if (!isIncomplete(value)) return this.#end(place);
    this.#depth = place;
    followResult(value, new FixedCall(this, this.#begun[place] as number));
  }

  threw(place: number): void {
    this.#end(place);
  }

  /** A call has ended that went on when the method had returned. */
  endLater(begunAt: number): void {
    const place = this.#takePlace();
    this.#begun[place] = begunAt;
    this.#end(place);
  }

  call(target: object, method: Method, args: unknown[]): unknown {
    return method.apply(target, args);
  }

  #takePlace(): number {
    const place = this.#depth;
    if (place === this.#begun.length) this.#begun = withPlace(this.#begun, place);
    this.#depth = place + 1;
    return place;
  }

  /** Gives back its place, and those of calls within it whose end a full stack has cut off. */
  #end(place: number): void {
    this.#depth = place;
    this.#record(place, true);
  }

  /**
   * Both ends of a call in one function, which is too large to be made a part of its callers: so V8
   * always has room to make what it calls a part of it, the clock above all.
   */
  #record(place: number, isOver: boolean): void {
    let seconds = 0;
    for (const gauge of this.#gauges) gauge.add(isOver ? -1 : 1);
    if (this.#timers.length > 0) {
      const now = clock();
      if (isOver) seconds = Math.max(0, now - (this.#begun[place] as number)) / 1000;
      else this.#begun[place] = now;
    }
    if (!isOver) return;
    for (const counter of this.#counters) counter.inc();
    for (const timer of this.#timers) timer.observe(seconds);
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
    this.run.endLater(this.begunAt);
  }
}

/** Records the calls of a method where label functions, or the source of exemplars, are asked. */
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
  const begun = run.begin();
  let value: unknown;
  try {
    value = call();
  } catch (error) {
    run.threw(begun, error);
    throw error;
  }
  run.returned(begun, value);
  return value;
}

/** How the calls of a method are recorded. */
export function methodRun(plan: CallPlan): MethodRun {
  const isFixed = plan.evaluated === undefined && plan.exemplars === undefined;
  const isRaisedFixed = plan.gauges.every(({ isEvaluated }) => !isEvaluated);
  return isFixed && isRaisedFixed ? new FixedRun(plan) : new EvaluatedRun(plan);
}

import type { GaugeMetric } from '../metrics/gauge.js';
import type { CounterMetric } from '../metrics/counter.js';
import type { HistogramMetric } from '../metrics/histogram.js';
import type { SummaryMetric } from '../metrics/summary.js';
import type { ExemplarSource } from './exemplar-source.js';
import type { Instrument } from './instrument.js';

/** What is recorded when a call is over. */
export interface EndPlan {
  readonly counters: readonly Instrument<CounterMetric>[];
  readonly timers: readonly Instrument<HistogramMetric | SummaryMetric>[];
}

/** What has to be recorded for each call of one handler, decided beforehand. */
export interface CallPlan {
  readonly instruments: readonly Instrument[];
  readonly gauges: readonly Instrument<GaugeMetric>[];
  /** What has fixed labels. */
  readonly fixed: EndPlan;
  /** What has labels that are evaluated, if anything has. */
  readonly evaluated: EndPlan | undefined;
  /** Asked in the context of the call, for exemplars of what is recorded at its end. */
  readonly exemplars: ExemplarSource | undefined;
  /** Whether the seconds that it takes are recorded. */
  readonly isTimed: boolean;
  /** Whether the end of the call, or what came of it, has to be seen. */
  readonly isObserved: boolean;
}

/** Sorts instruments by what they need; `undefined` when there is nothing to record. */
export function callPlan(instruments: readonly Instrument[]): CallPlan | undefined {
  if (instruments.length === 0) return undefined;
  const gauges = ofType(instruments, 'gauge') as Instrument<GaugeMetric>[];
  const fixed = endPlan(instruments.filter(({ isEvaluated }) => !isEvaluated));
  const evaluated = endPlan(instruments.filter(({ isEvaluated }) => isEvaluated));
  const hasEvaluated = evaluated.counters.length > 0 || evaluated.timers.length > 0;
  return {
    instruments,
    gauges,
    fixed,
    evaluated: hasEvaluated ? evaluated : undefined,
    exemplars: ofType(instruments, 'counter', 'histogram')[0]?.exemplars,
    isTimed: fixed.timers.length > 0 || evaluated.timers.length > 0,
    isObserved: gauges.length > 0 || fixed.timers.length > 0 || hasEvaluated,
  };
}

function endPlan(instruments: readonly Instrument[]): EndPlan {
  return {
    counters: ofType(instruments, 'counter') as Instrument<CounterMetric>[],
    timers: ofType(instruments, 'histogram', 'summary') as Instrument<
      HistogramMetric | SummaryMetric
    >[],
  };
}

function ofType(instruments: readonly Instrument[], ...types: string[]): Instrument[] {
  return instruments.filter(({ spec }) => types.includes(spec.type));
}

/** The plan without the instruments of decorators that other plans of the same call have. */
export function withoutRepeats(plan: CallPlan, others: readonly CallPlan[]): CallPlan | undefined {
  const taken = new Set(others.flatMap(({ instruments }) => instruments.map(({ spec }) => spec)));
  return callPlan(plan.instruments.filter(({ spec }) => !taken.has(spec)));
}

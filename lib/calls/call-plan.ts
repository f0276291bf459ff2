import type { GaugeSeries } from '../metrics/gauge.js';
import type { CounterSeries } from '../metrics/counter.js';
import type { HistogramSeries } from '../metrics/histogram.js';
import type { SummarySeries } from '../metrics/summary.js';
import type { Instrument } from './instrument.js';

/** What has to be recorded for each call of one handler, decided beforehand. */
export interface CallPlan {
  readonly instruments: readonly Instrument[];
  readonly gauges: readonly Instrument<GaugeSeries>[];
  readonly counters: readonly Instrument<CounterSeries>[];
  readonly timers: readonly Instrument<HistogramSeries | SummarySeries>[];
  /** Whether the end of the call, or what came of it, has to be seen. */
  readonly isObserved: boolean;
}

/** Sorts instruments by what they need; `undefined` when there is nothing to record. */
export function callPlan(instruments: readonly Instrument[]): CallPlan | undefined {
  if (instruments.length === 0) return undefined;
  const ofType = (...types: string[]): Instrument[] =>
    instruments.filter(({ spec }) => types.includes(spec.type));
  const gauges = ofType('gauge') as Instrument<GaugeSeries>[];
  const counters = ofType('counter') as Instrument<CounterSeries>[];
  const timers = ofType('histogram', 'summary') as Instrument<HistogramSeries | SummarySeries>[];
  const isObserved =
    gauges.length > 0 || timers.length > 0 || counters.some(({ isEvaluated }) => isEvaluated);
  return { instruments, gauges, counters, timers, isObserved };
}

/** The plan without the instruments of decorators that other plans of the same call have. */
export function withoutRepeats(plan: CallPlan, others: readonly CallPlan[]): CallPlan | undefined {
  const taken = new Set(others.flatMap(({ instruments }) => instruments.map(({ spec }) => spec)));
  return callPlan(plan.instruments.filter(({ spec }) => !taken.has(spec)));
}

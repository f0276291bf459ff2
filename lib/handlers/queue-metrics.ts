import { CATALOGUE } from '../core/catalogue.js';
import type { CounterMetric } from '../metrics/counter.js';
import type { HistogramMetric } from '../metrics/histogram.js';
import type { HandlerMetrics, HandlerSeries } from './handler-metrics.js';

/** What is asked of a job of bullmq or bull. */
interface Job {
  /** Milliseconds since the epoch: when it was added, and when it was taken. */
  readonly timestamp?: number;
  readonly processedOn?: number | null;
  /** Attempts that are over; how many have begun, which bull does not tell. */
  readonly attemptsMade?: number;
  readonly attemptsStarted?: number;
  readonly opts?: { readonly attempts?: number; readonly delay?: number };
  readonly discarded?: boolean;
  readonly _discarded?: boolean;
}

/** Errors of bullmq that put a job off and are no failure of the attempt. */
const PUT_OFF = ['DelayedError', 'WaitingError', 'WaitingChildrenError', 'RateLimitError'];

/** The error of bullmq after which a job is not tried again. */
const GIVEN_UP = ['UnrecoverableError'];

/** Measures the attempts at the jobs of queues. */
export class QueueMetrics {
  readonly #wait: HistogramMetric;
  readonly #attempts: CounterMetric;

  constructor(metrics: HandlerMetrics) {
    this.#wait = metrics.histogram(CATALOGUE.queueWait);
    this.#attempts = metrics.counter(CATALOGUE.queueAttempts);
  }

  /** Shows a processor from the start. */
  add(handler: string): void {
    this.#wait.labels([handler]);
    for (const outcome of ['completed', 'retried', 'failed']) {
      this.#attempts.labels([handler, outcome]);
    }
  }

  /** Calls the processor and records the attempt. Throws what it throws, returns what it returns. */
  call(handler: string, series: HandlerSeries, process: () => unknown, job: unknown): unknown {
    if (typeof job !== 'object' || job === null) return series.call(process);
    const waited = secondsWaited(job);
    if (waited !== undefined) this.#wait.labels([handler]).observe(waited);
    return series.call(process, (thrown) => this.#end(handler, job, thrown));
  }

  #end(handler: string, job: Job, thrown: { readonly error: unknown } | undefined): boolean {
    const outcome = thrown === undefined ? 'completed' : outcomeOf(job, thrown.error);
    if (outcome !== undefined) this.#attempts.labels([handler, outcome]).inc();
    return thrown !== undefined && outcome !== undefined;
  }
}

/** `undefined` for what is not a job's first attempt. */
function secondsWaited(job: Job): number | undefined {
  const { timestamp, processedOn, attemptsMade, attemptsStarted, opts } = job;
  const isFirst = attemptsStarted === undefined ? attemptsMade === 0 : attemptsStarted === 1;
  if (!isFirst || typeof timestamp !== 'number') return undefined;
  const takenAt = processedOn ?? Date.now();
  // Producer and worker may have different clocks.
  return Math.max(0, takenAt - timestamp - (opts?.delay ?? 0)) / 1000;
}

function outcomeOf(job: Job, thrown: unknown): 'retried' | 'failed' | undefined {
  if (isOneOf(thrown, PUT_OFF)) return undefined;
  const { attemptsMade = 0, opts, discarded, _discarded } = job;
  const isLast = attemptsMade + 1 >= (opts?.attempts ?? 0);
  const isGivenUp = isOneOf(thrown, GIVEN_UP) || discarded === true || _discarded === true;
  return isLast || isGivenUp ? 'failed' : 'retried';
}

/** Whether it is an error of one of these classes, or of one that extends it. */
function isOneOf(thrown: unknown, names: readonly string[]): boolean {
  if (!(thrown instanceof Error)) return false;
  if (names.includes(thrown.name)) return true;
  let type: unknown = thrown.constructor;
  while (typeof type === 'function' && !names.includes(type.name)) {
    type = Object.getPrototypeOf(type) as unknown;
  }
  return typeof type === 'function';
}

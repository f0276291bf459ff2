import type { MethodRun } from '../decorators/measured-method.js';
import type { HandlerSeries } from './handler-metrics.js';

/**
 * Records the calls of a handler that somebody has announced; others are those of the application's
 * own code.
 */
export abstract class ExpectedRun implements MethodRun {
  readonly seesArguments = false;

  constructor(private readonly series: HandlerSeries) {}

  /** Whether the call that begins now was announced. Answers for one call. */
  protected abstract takeExpected(): boolean;

  /** NaN for a call that is not recorded. */
  begin(): number {
    return this.takeExpected() ? this.series.begin() : NaN;
  }

  returned(begunAt: number, value: unknown): void {
    if (!Number.isNaN(begunAt)) this.series.follow(begunAt, value);
  }

  threw(begunAt: number): void {
    if (!Number.isNaN(begunAt)) this.series.end(begunAt, true);
  }

  call(): never {
    throw new Error('Not called: no label function sees the arguments');
  }
}

import { clearTimeout, setTimeout } from '../core/timers.js';

/** What `Deadline.passed` resolves to: the time is over, or the signal was aborted before. */
export const TIME_OVER = Symbol('time over');
export const ABORTED = Symbol('aborted');

/** A moment after which nobody waits any more. */
export class Deadline {
  /** Never rejects. */
  readonly passed: Promise<typeof TIME_OVER | typeof ABORTED>;
  #timer: NodeJS.Timeout | undefined;
  #onAbort: (() => void) | undefined;

  constructor(
    milliseconds: number,
    private readonly signal?: AbortSignal,
  ) {
    this.passed = new Promise((resolve) => {
      if (signal?.aborted === true) return resolve(ABORTED);
      this.#timer = setTimeout(() => resolve(TIME_OVER), milliseconds);
      this.#onAbort = () => resolve(ABORTED);
      signal?.addEventListener('abort', this.#onAbort, { once: true });
    });
  }

  /** Lets go of the timer and the signal. */
  clear(): void {
    clearTimeout(this.#timer);
    if (this.#onAbort !== undefined) this.signal?.removeEventListener('abort', this.#onAbort);
  }
}

import { clearTimeout, setTimeout } from '../core/timers.js';

/** What `Deadline.passed` resolves to: the time is over, or the signal was aborted before. */
export const TIME_OVER = Symbol('time over');
export const ABORTED = Symbol('aborted');

/** A moment after which nobody waits any more. */
export class Deadline {
  /** Never rejects. */
  readonly passed: Promise<typeof TIME_OVER | typeof ABORTED>;
  readonly #milliseconds: number;
  readonly #isCutShort: boolean;
  #timer: NodeJS.Timeout | undefined;
  #onAbort: (() => void) | undefined;

  /**
   * @param milliseconds in which what is waited for has to be over
   * @param patience milliseconds that somebody waits, if that is less. @default as long as that
   */
  constructor(
    milliseconds: number,
    private readonly signal?: AbortSignal,
    patience = milliseconds,
  ) {
    this.#milliseconds = milliseconds;
    this.#isCutShort = patience < milliseconds;
    this.passed = new Promise((resolve) => {
      if (signal?.aborted === true) return resolve(ABORTED);
      this.#timer = setTimeout(() => resolve(TIME_OVER), Math.min(milliseconds, patience));
      this.#onAbort = () => resolve(ABORTED);
      signal?.addEventListener('abort', this.#onAbort, { once: true });
    });
  }

  /**
   * Whether what has not ended when the time is over has taken longer than it may: not if only
   * somebody was in a hurry.
   *
   * @param since when it began, as `performance.now()` tells it
   */
  isMissed(since: number): boolean {
    return !this.#isCutShort || performance.now() - since >= this.#milliseconds;
  }

  /** Lets go of the timer and the signal. */
  clear(): void {
    clearTimeout(this.#timer);
    if (this.#onAbort !== undefined) this.signal?.removeEventListener('abort', this.#onAbort);
  }
}

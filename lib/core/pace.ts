import { nextTurn } from './timers.js';

/**
 * Time after which rendering lets the event loop go on, in milliseconds. The longest stall is a few
 * times that, because of garbage collection.
 */
const SLICE_MILLISECONDS = 1;

/** Tells when a long loop has to let the event loop go on, and lets it. */
export class Pace {
  #since = performance.now();

  constructor(private readonly signal: AbortSignal | undefined) {}

  /** Whether the current slice is over. Takes about 40 ns. */
  get isOver(): boolean {
    return performance.now() - this.#since > SLICE_MILLISECONDS;
  }

  /**
   * Waits until the event loop has been round once, and begins a new slice.
   *
   * @throws the signal's reason, when it is aborted
   */
  async rest(): Promise<void> {
    await nextTurn();
    this.signal?.throwIfAborted();
    this.#since = performance.now();
  }
}

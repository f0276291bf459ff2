import { setImmediate } from 'node:timers/promises';

/** Longest time that rendering keeps the event loop for itself, in milliseconds. */
const SLICE_MILLISECONDS = 2;

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
    await setImmediate();
    this.signal?.throwIfAborted();
    this.#since = performance.now();
  }
}

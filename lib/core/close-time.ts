/**
 * How long the close of an application may wait for what others do (scrapers, hooks, a Pushgateway),
 * all in all. Less than the 5 s that are promised, since what follows takes its time as well.
 */
const MOST_MILLISECONDS = 4500;

/** The time that is left to an application which closes. */
export class CloseTime {
  readonly #until: number;

  /** @param milliseconds from now on */
  constructor(milliseconds = MOST_MILLISECONDS) {
    this.#until = performance.now() + milliseconds;
  }

  /** In milliseconds, never below 0. */
  get left(): number {
    return Math.max(0, this.#until - performance.now());
  }
}

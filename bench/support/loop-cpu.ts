/** Time between two looks, in milliseconds, when nothing keeps the event loop. */
const INTERVAL = 1;

/**
 * The most CPU time that the process uses while its event loop goes round once. Unlike the time that
 * passes, it has no part in it in which other processes have the core.
 */
export class LoopCpu {
  #timer: NodeJS.Timeout | undefined;
  #last = process.cpuUsage();
  #longest = 0;

  start(): void {
    this.#longest = 0;
    this.#last = process.cpuUsage();
    this.#timer = setInterval(this.#look, INTERVAL);
  }

  /** The longest since `start`, in milliseconds. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#longest;
  }

  readonly #look = (): void => {
    const { user, system } = process.cpuUsage(this.#last);
    this.#longest = Math.max(this.#longest, (user + system) / 1000);
    this.#last = process.cpuUsage();
  };
}

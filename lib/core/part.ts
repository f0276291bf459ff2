import { CloseTime } from './close-time.js';

/**
 * A part of one application's exporter that lives with the application. Each step is called once at
 * most, but for `start` and `stop`, which may follow each other again: an application whose port was
 * taken can be told to listen on another one.
 */
export interface Part {
  /** All providers exist, and no route is registered yet. */
  install?(): void | Promise<void>;
  /** The application is initialized. */
  start?(): void | Promise<void>;
  /**
   * The application begins to close: it is answering its last requests.
   *
   * @param time how long it may wait for what others do
   */
  closing?(time: CloseTime): void;
  /**
   * The application ends, or its start has failed; then `install` or `start` may be missing.
   *
   * @param time how long an application that closes may wait for what others do; `undefined` when
   *   its start has failed, which waits for nobody
   */
  stop?(time: CloseTime | undefined): void | Promise<void>;
}

/**
 * The parts of one application's exporter, in the order in which they are installed and started;
 * they are stopped in the opposite one. A step that fails stops all of them, so that a start that
 * fails leaves nothing behind.
 */
export class Parts {
  #isInstalled = false;
  #isStarted = false;
  #closeTime: CloseTime | undefined;

  constructor(private readonly parts: readonly Part[]) {}

  /** Does nothing when it was done. */
  async install(): Promise<void> {
    if (this.#isInstalled) return;
    this.#isInstalled = true;
    await this.#orNothing(async () => {
      for (const part of this.parts) await part.install?.();
    });
  }

  /** Does nothing while they are started. */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    await this.#orNothing(async () => {
      for (const part of this.parts) await part.start?.();
    });
  }

  /** The application begins to close. */
  closing(): void {
    const time = (this.#closeTime ??= new CloseTime());
    for (const part of this.parts.toReversed()) part.closing?.(time);
  }

  /**
   * Stops every part, also those behind one that fails.
   *
   * @throws what the first of them failed with
   */
  async stop(): Promise<void> {
    this.#isStarted = false;
    const time = this.#closeTime ?? new CloseTime();
    this.#closeTime = undefined;
    const failures: unknown[] = [];
    for (const part of this.parts.toReversed()) {
      try {
        await part.stop?.(time);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Stops every part at once, without waiting for one before the next: nothing that a start which
   * has failed counted is worth waiting for. Does not reject.
   */
  async abandon(): Promise<void> {
    this.#isStarted = false;
    await Promise.allSettled(this.parts.toReversed().map(async (part) => part.stop?.(undefined)));
  }

  async #orNothing(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }
}

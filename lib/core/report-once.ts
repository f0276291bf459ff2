/** How many different troubles are remembered; those that come later are not told. */
const MEMORY = 1000;

/** Tells each trouble once, however often it happens, in bounded memory. */
export class ReportOnce {
  readonly #told = new Set<string>();
  readonly #tell: (message: string) => void;

  /** @param tell given each message once; what it throws is dropped, as a logger breaks nothing */
  constructor(tell: (message: string) => void) {
    this.#tell = tell;
  }

  /**
   * Tells a trouble unless it was told before.
   *
   * @param key the same for the same trouble
   * @returns whether it was told
   */
  report(key: string, message: string | (() => string)): boolean {
    if (this.#told.has(key) || this.#told.size >= MEMORY) return false;
    this.#told.add(key);
    try {
      this.#tell(typeof message === 'string' ? message : message());
    } catch {
      // A logger that fails breaks nothing.
    }
    return true;
  }

  /** Says that a trouble is over, so that it is told when it comes again. */
  forget(key: string): void {
    this.#told.delete(key);
  }
}

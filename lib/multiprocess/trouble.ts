/**
 * What can go wrong with the shared directory:
 * - `file`: a file is damaged, of another version, or none of the library's
 * - `family`: processes have metrics of one name that cannot be added up
 * - `write`: the own values cannot be written
 * - `read`: the directory or a file cannot be read
 * - `fold`: what processes that have ended left behind cannot be put together
 */
export type TroubleCause = 'file' | 'family' | 'write' | 'read' | 'fold';

export const TROUBLE_CAUSES: readonly TroubleCause[] = ['file', 'family', 'write', 'read', 'fold'];

/** How many different troubles are remembered; those that come later are neither told nor counted. */
const MEMORY = 1000;

/** Tells and counts each trouble once. */
export class Troubles {
  readonly #known = new Set<string>();

  /**
   * @param count called once for each trouble
   * @param warn given a message once for each trouble
   */
  constructor(
    private readonly count: (cause: TroubleCause) => void,
    private readonly warn: (message: string) => void,
  ) {}

  /** @param what the file, the metric or the action that is in trouble */
  add(cause: TroubleCause, what: string, message: string): void {
    const key = `${cause} ${what}`;
    if (this.#known.has(key) || this.#known.size >= MEMORY) return;
    this.#known.add(key);
    this.count(cause);
    this.warn(message);
  }

  /** Says that it is over, so that it is told and counted when it comes again. */
  clear(cause: TroubleCause, what: string): void {
    this.#known.delete(`${cause} ${what}`);
  }
}

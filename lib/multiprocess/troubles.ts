import { CATALOGUE } from '../core/catalogue.js';
import { ReportOnce } from '../core/report-once.js';
import { CounterMetric } from '../metrics/counter.js';

/**
 * What can go wrong with the shared directory:
 * - `file`: a file is damaged, of another version, or none of the library's
 * - `family`: processes have metrics of one name that cannot be added up
 * - `write`: the own values cannot be written
 * - `read`: the directory or a file cannot be read
 * - `fold`: what ended processes left behind cannot be put together
 */
export type TroubleCause = 'file' | 'family' | 'write' | 'read' | 'fold';

export const TROUBLE_CAUSES: readonly TroubleCause[] = ['file', 'family', 'write', 'read', 'fold'];

/** Tells and counts each trouble once. */
export class Troubles {
  readonly #reports: ReportOnce;

  /**
   * @param count called once for each trouble
   * @param warn given a message once for each trouble
   */
  constructor(
    private readonly count: (cause: TroubleCause) => void,
    warn: (message: string) => void,
  ) {
    this.#reports = new ReportOnce(warn);
  }

  /** @param what the file, the metric or the action that is in trouble */
  add(cause: TroubleCause, what: string, message: string): void {
    if (this.#reports.report(`${cause} ${what}`, message)) this.count(cause);
  }

  /** Says that it is over, so that it is told and counted when it comes again. */
  clear(cause: TroubleCause, what: string): void {
    this.#reports.forget(`${cause} ${what}`);
  }
}

/** The counter of what went wrong with the shared directory. */
export function troubleCounter(prefix: string): CounterMetric {
  const { name, help, labels } = CATALOGUE.multiprocessErrors;
  return new CounterMetric({ name: prefix + name, help, labelNames: labels });
}

/** Lets the counter show all causes from the start. */
export function withCauses(counter: CounterMetric): CounterMetric {
  for (const cause of TROUBLE_CAUSES) counter.labels([cause]);
  return counter;
}

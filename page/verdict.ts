import type { Change, Row } from './change.js';
import { seconds, share, time } from './format.js';

export interface Verdict {
  readonly kind: 'well' | 'slow' | 'failing' | 'busy' | 'silent';
  readonly text: string;
}

const FAILING = 0.01;
const SLOW_SECONDS = 1;
const BUSY_LAG_SECONDS = 0.1;
/** Milliseconds after which what has not failed again is no longer the same failure. */
const FORGOTTEN = 60_000;

/** A failure: when it was seen first, and last. */
interface Failure {
  readonly since: number;
  /** It was there already when the page began to look. */
  readonly isOlder: boolean;
  last: number;
}

/** Tells in one line how the application is, and since when. */
export class Verdicts {
  readonly #failures = new Map<string, Failure>();
  #began: number | undefined;

  /**
   * @param change of the last seconds; `undefined`: not known yet
   * @param now in milliseconds since the epoch
   */
  of(change: Change | undefined, lag: number | undefined, now: number): Verdict {
    if (change === undefined) return { kind: 'silent', text: 'looking …' };
    this.#began ??= now;
    const failing = [...change.routes, ...change.handlers].filter(isFailing);
    for (const { title } of failing) this.#note(title, now);
    for (const [title, { last }] of this.#failures) {
      if (last < now - FORGOTTEN) this.#failures.delete(title);
    }
    const worst = most(failing, ({ failed }) => failed);
    const failure = worst && this.#failures.get(worst.title);
    if (worst !== undefined && failure !== undefined) {
      const since = `since ${time(failure.since)}${failure.isOlder ? ' or before' : ''}`;
      const more = failing.length > 1 ? `, and ${failing.length - 1} more` : '';
      return {
        kind: 'failing',
        text: `failing: ${share(worst.errors)} of ${worst.title} ${since}${more}`,
      };
    }
    const slow = most(change.routes, ({ p95, rate }) => (p95 >= SLOW_SECONDS ? p95 * rate : 0));
    if (slow !== undefined) {
      return { kind: 'slow', text: `slow: p95 of ${slow.title} is ${seconds(slow.p95)}` };
    }
    if (lag !== undefined && lag >= BUSY_LAG_SECONDS) {
      return { kind: 'busy', text: `busy: the event loop is ${seconds(lag)} late` };
    }
    return { kind: 'well', text: 'all well' };
  }

  #note(title: string, now: number): void {
    const known = this.#failures.get(title);
    if (known !== undefined) known.last = now;
    else this.#failures.set(title, { since: now, isOlder: now === this.#began, last: now });
  }
}

/** One failure among many calls happens; two, or one of two, are told. */
function isFailing({ errors, failed }: Row): boolean {
  return errors >= FAILING && (failed >= 2 || errors >= 0.5);
}

function most(rows: readonly Row[], weight: (row: Row) => number): Row | undefined {
  let found: Row | undefined;
  let largest = 0;
  for (const row of rows) {
    const value = weight(row);
    if (value > largest) [found, largest] = [row, value];
  }
  return found;
}

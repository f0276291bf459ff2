import type { Change, Row } from './change.js';
import { seconds, share, time } from './format.js';

export interface Verdict {
  readonly kind: 'well' | 'slow' | 'failing' | 'busy' | 'silent';
  readonly text: string;
}

const FAILING = 0.01;
const SLOW_SECONDS = 1;
const BUSY_LAG_SECONDS = 0.1;

/** Tells in one line how the application is, and since when. */
export class Verdicts {
  #subject = '';
  #since = 0;

  /** @param change of the last seconds; `undefined`: not known yet */
  of(change: Change | undefined, lag: number | undefined, now: number): Verdict {
    const found = judged(change, lag);
    if (found.subject !== this.#subject) {
      this.#subject = found.subject;
      this.#since = now;
    }
    const since = found.kind === 'failing' ? ` since ${time(this.#since)}` : '';
    return { kind: found.kind, text: found.text + since };
  }
}

function judged(
  change: Change | undefined,
  lag: number | undefined,
): Verdict & { readonly subject: string } {
  if (change === undefined) return { kind: 'silent', text: 'looking …', subject: '' };
  const failing = most(change.routes, ({ errors, rate }) =>
    errors >= FAILING ? errors * rate : 0,
  );
  if (failing !== undefined && change.errors >= FAILING) {
    const text = `failing: ${share(failing.errors)} of ${failing.title}`;
    return { kind: 'failing', text, subject: `failing ${failing.title}` };
  }
  const slow = most(change.routes, ({ p95, rate }) => (p95 >= SLOW_SECONDS ? p95 * rate : 0));
  if (slow !== undefined) {
    const text = `slow: p95 of ${slow.title} is ${seconds(slow.p95)}`;
    return { kind: 'slow', text, subject: `slow ${slow.title}` };
  }
  if (lag !== undefined && lag >= BUSY_LAG_SECONDS) {
    return { kind: 'busy', text: `busy: the event loop is ${seconds(lag)} late`, subject: 'busy' };
  }
  return { kind: 'well', text: 'all well', subject: 'well' };
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

import type { Change, Row } from '../../page/change.js';
import { Verdicts } from '../../page/verdict.js';

const MINUTE = 60_000;
/** 02:40 in the time zone of the machine. */
const START = new Date(2026, 0, 5, 2, 40).getTime();

function row(title: string, more: Partial<Row> = {}): Row {
  return { row: title, title, rate: 10, errors: 0, failed: 0, p95: 0.1, time: 0.1, ...more };
}

function change(...routes: Row[]): Change {
  const unknown = { requests: 0, errors: 0, p50: 0, p95: 0, p99: 0, cpu: 0 };
  return { ...unknown, routes, handlers: [] };
}

const WELL = row('GET /search');
const FAILING = row('POST /checkout', { errors: 0.12, failed: 12 });

describe('the verdict of the live page', () => {
  it('is that all is well, and that it does not know yet', () => {
    const verdicts = new Verdicts();
    expect(verdicts.of(undefined, 0, START).text).toBe('looking …');
    expect(verdicts.of(change(WELL), 0, START).text).toBe('all well');
  });

  it('says what is failing since when, however small its part of the traffic', () => {
    const verdicts = new Verdicts();
    verdicts.of(change(WELL), 0, START);
    const busy = row('GET /', { rate: 10_000 });
    const first = verdicts.of(change(busy, FAILING), 0, START + MINUTE);
    expect(first).toEqual({
      kind: 'failing',
      text: 'failing: 12 % of POST /checkout since 02:41',
    });
    // A calm moment does not begin it anew; more than a minute does.
    verdicts.of(change(WELL), 0, START + 1.5 * MINUTE);
    expect(verdicts.of(change(FAILING), 0, START + 2 * MINUTE).text).toContain('since 02:41');
    verdicts.of(change(WELL), 0, START + 4 * MINUTE);
    expect(verdicts.of(change(FAILING), 0, START + 4 * MINUTE).text).toContain('since 02:44');
  });

  it('does not claim that what it found has just begun, and counts what else fails', () => {
    const job = row('queue Mailer.process', { errors: 1, failed: 1 });
    const failing = { ...change(FAILING), handlers: [job] };
    expect(new Verdicts().of(failing, 0, START).text).toBe(
      'failing: 12 % of POST /checkout since 02:40 or before, and 1 more',
    );
  });

  it('takes one error among many calls for what happens', () => {
    const once = row('GET /search', { errors: 0.02, failed: 1 });
    expect(new Verdicts().of(change(once), 0, START).text).toBe('all well');
  });

  it('says what is slow, and that the process is busy', () => {
    const slow = row('GET /search', { p95: 2.1 });
    const verdicts = new Verdicts();
    expect(verdicts.of(change(slow), 0, START).text).toBe('slow: p95 of GET /search is 2.1 s');
    expect(verdicts.of(change(WELL), 0.4, START).text).toBe('busy: the event loop is 400 ms late');
  });
});

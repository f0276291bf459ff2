import type { Exposition } from '../../support/exposition.js';
import { nextTurns } from '../../support/eventually.js';
import type { TestApp } from '../../support/test-app.js';

/** Requests of one kind: `GET /cats 200`, and how many of them. */
export type Requests = Readonly<Record<string, number>>;

/** What the default metrics of an application say, written as `Requests`. */
export interface Recorded {
  /** By method, group and status. */
  readonly durations: Requests;
  /** By method and status. */
  readonly totals: Requests;
  /** By method and status. */
  readonly exceptions: Requests;
}

/**
 * Waits until the default metrics say exactly this, neither less nor more in any of the three, and
 * sees to it that they still do when all that was answered is over.
 *
 * @param requests by method, group and status, as in `GET /cats 200`
 * @param exceptions by method and status, as in `GET 500`
 */
export async function expectRequests(
  app: TestApp,
  requests: Requests,
  exceptions: Requests = {},
): Promise<void> {
  const totals: Record<string, number> = {};
  for (const [kind, count] of Object.entries(requests)) {
    const [method, status] = [kind.split(' ').at(0), kind.split(' ').at(-1)];
    totals[`${method} ${status}`] = (totals[`${method} ${status}`] ?? 0) + count;
  }
  const check = async (): Promise<void> => {
    const expected: Recorded = { durations: requests, totals, exceptions };
    expect(recorded(await app.exposition())).toEqual(expected);
  };
  await app.eventually(check);
  await nextTurns();
  await check();
}

/** Reads the default metrics, whatever `groupBy`; throws where a histogram contradicts itself. */
export function recorded(exposition: Exposition, prefix = 'nestjs_'): Recorded {
  const duration = `${prefix}http_request_duration_seconds`;
  const durations = byKind(exposition, `${duration}_count`);
  expect(byKind(exposition, `${duration}_bucket`, { le: '+Inf' })).toEqual(durations);
  return {
    durations,
    totals: byKind(exposition, `${prefix}http_request_total`),
    exceptions: byKind(exposition, `${prefix}http_request_exceptions_total`),
  };
}

function byKind(
  exposition: Exposition,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const sample of exposition.matching(name, labels)) {
    const { method, status, le: _, ...group } = sample.labels;
    const kind = [method, ...Object.values(group), status].join(' ');
    if (kind in kinds) throw new Error(`${name}: two samples for ${kind}`);
    kinds[kind] = sample.value;
  }
  return kinds;
}

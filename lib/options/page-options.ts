import { path } from './checks.js';
import { guards, type GuardLike } from './guards.js';
import type { Place } from './place.js';
import { switched, type OptionTable } from './table.js';

/** The live page: what the metrics say, drawn for people. */
export interface PageOptions {
  /** Where the page is served. @default `/live` beneath the endpoint's path */
  path?: string;
  /** Guards of the page alone. @default those of the endpoint */
  guards?: readonly GuardLike[];
}

const PAGE_OPTIONS = {
  path: (value, place) => (value === undefined ? undefined : path(value, place)),
  guards,
} satisfies OptionTable<PageOptions>;

/** Option `page`, checked and complete. */
export interface PageSettings {
  readonly path: string;
  /** `undefined`: those of the endpoint. */
  readonly guards: readonly GuardLike[] | undefined;
}

export const page = switched(PAGE_OPTIONS, { expects: 'true, false, or { path, guards }' });

/**
 * Where the page is, once it is known where the endpoint is.
 *
 * @throws PrometheusConfigError without an endpoint, which the page asks, and for its very path
 */
export function pageBeside(
  endpoint: string | undefined,
  given: ReturnType<typeof page>,
  place: Place,
): PageSettings | undefined {
  if (given === undefined) return undefined;
  if (endpoint === undefined) {
    throw place.fail('an endpoint to read from, that is a `path` other than null', given);
  }
  const own = given.path ?? `${endpoint === '/' ? '' : endpoint}/live`;
  if (own === endpoint) throw place.of('path').fail("a path other than the endpoint's", own);
  return Object.freeze({ path: own, guards: given.guards });
}

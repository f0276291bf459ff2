import type { Place } from './place.js';
import type { Resolver } from './table.js';

/** Tells whether a path is excluded. */
export type PathTest = (path: string) => boolean;

/**
 * Compiles `excludedPaths`. A string has to match at the start of the path, as with Python's
 * `re.match`; a RegExp is tested as it is, from the path's start, whatever flags it carries. An
 * empty string excludes nothing: it is what a setting that was left empty gives.
 *
 * @returns `undefined` when nothing is excluded
 * @throws PrometheusConfigError for anything that is not a pattern
 */
export const excludedPaths: Resolver<PathTest | undefined> = (option, place) => {
  if (option === undefined || option === null || option === '') return undefined;
  const patterns = (Array.isArray(option) ? option : [option]).map((pattern) =>
    compile(pattern, place),
  );
  if (patterns.length === 0) return undefined;
  return (path) =>
    patterns.some((pattern) => {
      pattern.lastIndex = 0;
      return pattern.test(path);
    });
};

function compile(pattern: unknown, place: Place): RegExp {
  const expected = 'a regular expression as a string or a RegExp, or a list of them';
  if (pattern instanceof RegExp) return new RegExp(pattern.source, pattern.flags);
  if (typeof pattern !== 'string' || pattern === '') {
    throw place.fail(expected, pattern);
  }
  try {
    // By itself first: `a)|(b` would be legal in the group only.
    RegExp(pattern);
    return new RegExp(`^(?:${pattern})`);
  } catch {
    throw place.fail(expected, pattern);
  }
}

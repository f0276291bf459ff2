import { MULTIPROCESS_MODES } from '../metrics/multiprocess-mode.js';
import { isMetricName, isUserLabelName, LABEL_NAME_RULE } from '../metrics/names.js';
import type { Labels } from './metric-context.js';
import type { Place } from './place.js';
import { isPlainObject, type Resolver } from './table.js';

/** A kind of value that options and metrics are declared with, and the words for it. */
export interface Check<T> {
  readonly expects: string;
  readonly isRight: (value: unknown) => value is T;
  /** Makes what is kept, where the user could change what was given. */
  readonly copy?: (value: T) => T;
}

/** An option that has to be given. */
export function required<T>({ expects, isRight, copy }: Check<T>): Resolver<T> {
  return (value, place) => {
    if (!isRight(value)) throw place.fail(expects, value);
    return copy === undefined ? value : copy(value);
  };
}

/** An option that has a value of its own when it is left out. */
export function withDefault<T>(check: Check<T>, byDefault: NoInfer<T>): Resolver<T> {
  const resolve = required(check);
  return (value = byDefault, place) => resolve(value, place);
}

/** An option that may be left out. */
export function optional<T>(check: Check<T>): Resolver<T | undefined> {
  const resolve = required(check);
  return (value, place) => (value === undefined ? undefined : resolve(value, place));
}

/** An option that is checked elsewhere, and is not needed from here on. */
export const CHECKED_ELSEWHERE: Resolver<undefined> = () => undefined;

export function oneOf<const T extends string>(...choices: readonly T[]): Check<T> {
  return {
    expects: `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`,
    isRight: (value): value is T => choices.some((choice) => choice === value),
  };
}

/** @param expects what the function is of, or gives */
export function functionOf<F extends Function>(expects: string): Check<F> {
  return { expects, isRight: (value): value is F => typeof value === 'function' };
}

function numberThat(expects: string, isRight: (value: number) => boolean): Check<number> {
  return {
    expects,
    isRight: (value): value is number => typeof value === 'number' && isRight(value),
  };
}

export const BOOLEAN: Check<boolean> = {
  expects: 'true or false',
  isRight: (value) => typeof value === 'boolean',
};

export const COUNT = numberThat(
  'a whole number of at least 1',
  (value) => Number.isInteger(value) && value >= 1,
);

export const POSITIVE = numberThat('a number above 0', (value) => value > 0 && value < Infinity);

export const NOT_NEGATIVE = numberThat(
  'a number of at least 0',
  (value) => value >= 0 && value < Infinity,
);

/** More is no limit, and timers cannot wait for much longer. */
const LONGEST_SECONDS = 86_400;

export const SECONDS = numberThat(
  `a number of seconds above 0 and at most ${LONGEST_SECONDS}`,
  (value) => value > 0 && value <= LONGEST_SECONDS,
);

export const SECONDS_OR_NONE = numberThat(
  `a number of seconds from 0 to ${LONGEST_SECONDS}`,
  (value) => value >= 0 && value <= LONGEST_SECONDS,
);

export const PORT = numberThat(
  'a port from 0 to 65535, 0 being any free one',
  (value) => Number.isInteger(value) && value >= 0 && value <= 65_535,
);

/** @param expects what the text is */
export function text(expects: string): Check<string> {
  return {
    expects,
    isRight: (value): value is string => typeof value === 'string' && value !== '',
  };
}

export const HELP = text('a help text');

export const METRIC_NAME: Check<string> = {
  expects: 'a metric name of letters, digits, `_` and `:` that starts with no digit',
  isRight: isMetricName,
};

export const MULTIPROCESS_MODE = oneOf(...MULTIPROCESS_MODES);

export const BUCKETS: Check<readonly number[]> = {
  expects: 'finite numbers in ascending order, at least one, without repeats',
  isRight: (value): value is readonly number[] => isAscending(value) && value.length > 0,
  copy: frozenList,
};

export const PERCENTILES: Check<readonly number[]> = {
  expects: 'numbers from 0 to 1 in ascending order, without repeats',
  isRight: (value): value is readonly number[] =>
    isAscending(value) && value.every((quantile) => quantile >= 0 && quantile <= 1),
  copy: frozenList,
};

/** A list of label names; none when it is left out. */
export const labelNames: Resolver<readonly string[]> = (value = [], place) => {
  if (!Array.isArray(value)) throw place.fail('a list of label names', value);
  for (const [i, name] of value.entries()) {
    if (!isUserLabelName(name)) throw place.fail(LABEL_NAME_RULE, name);
    if (value.indexOf(name) !== i) throw place.fail('each label name once', name);
  }
  return frozenList(value as string[]);
};

function isAscending(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.every((number, i) => Number.isFinite(number) && (i === 0 || number > value[i - 1]))
  );
}

function frozenList<T>(list: readonly T[]): readonly T[] {
  return Object.freeze([...list]);
}

/** Label names with their values, which may be functions of the call. */
export const labels: Resolver<Labels> = (value, place) =>
  checkedLabels(value, place, 'a string, number, boolean or function', isLabelValue);

/** Label names with values that are the same for all calls. */
export const fixedLabels: Resolver<Readonly<Record<string, string | number>>> = (value, place) =>
  checkedLabels(value, place, 'a string or number', isFixedValue);

function isLabelValue(value: unknown): value is Labels[string] {
  return ['string', 'number', 'boolean', 'function'].includes(typeof value);
}

function isFixedValue(value: unknown): value is string | number {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function checkedLabels<T>(
  given: unknown,
  place: Place,
  expects: string,
  isRight: (value: unknown) => value is T,
): Readonly<Record<string, T>> {
  if (given === undefined) return Object.freeze({});
  if (!isPlainObject(given)) throw place.fail('an object of label names and values', given);
  for (const [name, value] of Object.entries(given)) {
    if (!isUserLabelName(name)) throw place.fail(LABEL_NAME_RULE, name);
    if (!isRight(value)) throw place.of(name).fail(expects, value);
  }
  return Object.freeze({ ...given }) as Readonly<Record<string, T>>;
}

const SAFE_PATH = /^\/?[\w.~$&',;=@%/-]*$/;

/**
 * A path that is served literally: nothing in it may mean a parameter, a wildcard or a query. Begins
 * with `/` and does not end with it.
 *
 * @param orElse what may be given in its place
 */
export function pathOr(orElse = ''): Resolver<string> {
  return (value, place) => {
    if (typeof value !== 'string' || !SAFE_PATH.test(value) || value.includes('//')) {
      throw place.fail(`a path such as '/metrics'${orElse}`, value);
    }
    const path = value.startsWith('/') ? value : `/${value}`;
    return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  };
}

export const path: Resolver<string> = pathOr();

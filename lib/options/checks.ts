import { isMetricName, isUserLabelName, LABEL_NAME_RULE } from '../metrics/names.js';
import { NO_PREFIX } from '../core/constants.js';
import { PrometheusConfigError } from '../core/errors.js';
import type { Labels } from './metric-context.js';
import type { GroupBy, GuardLike } from './prometheus-options.js';

const fail = PrometheusConfigError.option;

export function checkedBoolean(option: string, value: unknown, byDefault: boolean): boolean {
  if (value === undefined) return byDefault;
  if (typeof value !== 'boolean') throw fail(option, 'true or false', value);
  return value;
}

export function checkedOneOf<T extends string>(
  option: string,
  value: unknown,
  choices: readonly [T, ...T[]],
): T {
  if (value === undefined) return choices[0];
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) {
    throw fail(option, `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`, value);
  }
  return chosen;
}

export function checkedPath(option: string, value: unknown): string {
  // The path is served literally: nothing in it may mean a parameter, a wildcard or a query.
  if (typeof value !== 'string' || !/^\/?[\w.~$&',;=@%/-]*$/.test(value) || value.includes('//')) {
    throw fail(option, "a path such as '/metrics', or null for no endpoint", value);
  }
  const path = value.startsWith('/') ? value : `/${value}`;
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

export function checkedPrefix(option: string, value: unknown): string {
  if (value === undefined) return 'nestjs_';
  if (value === NO_PREFIX) return '';
  if (!isMetricName(value)) {
    throw fail(
      option,
      'a prefix of letters, digits, `_` and `:` that starts with no digit, or NO_PREFIX',
      value,
    );
  }
  return `${value}_`;
}

export function checkedMetricName(option: string, value: unknown): string {
  if (!isMetricName(value)) {
    throw fail(
      option,
      'a metric name of letters, digits, `_` and `:` that starts with no digit',
      value,
    );
  }
  return value;
}

export function checkedBuckets(option: string, value: unknown): readonly number[] {
  const ascending =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (bound, i) =>
        typeof bound === 'number' && Number.isFinite(bound) && (i === 0 || bound > value[i - 1]),
    );
  if (!ascending) {
    throw fail(option, 'finite numbers in ascending order, at least one, without repeats', value);
  }
  return [...(value as number[])];
}

export function checkedCount(option: string, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (!Number.isInteger(value) || (value as number) < 1) {
    throw fail(option, 'a whole number of at least 1', value);
  }
  return value as number;
}

export function checkedLabels(option: string, value: unknown): Labels {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fail(option, 'an object of label names and values', value);
  }
  for (const [name, label] of Object.entries(value)) {
    if (!isUserLabelName(name)) throw fail(option, LABEL_NAME_RULE, name);
    if (!['string', 'number', 'boolean', 'function'].includes(typeof label)) {
      throw fail(`${option}.${name}`, 'a string, number, boolean or function', label);
    }
  }
  return { ...value } as Labels;
}

/** Labels with values of their own, none of them worked out for each call. */
export function checkedFixedLabels(option: string, value: unknown): Labels {
  const labels = checkedLabels(option, value);
  for (const [name, label] of Object.entries(labels)) {
    if (typeof label === 'function') throw fail(`${option}.${name}`, 'a string or number', label);
  }
  return labels;
}

export function checkedHelp(option: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw fail(option, 'a help text', value);
  return value;
}

/** Labels that the default metrics have beside the group. */
const DEFAULT_METRIC_LABELS: readonly string[] = ['method', 'status'];

export function checkedGroupBy(option: string, value: unknown): GroupBy {
  if (value === undefined) return 'path';
  // A property named after the option gives an anonymous function the option's name.
  const name = typeof value === 'function' && value.name !== 'groupBy' ? value.name : value;
  if (!isUserLabelName(name)) {
    throw fail(
      option,
      "'path', 'endpoint', 'route', the name of a property of the request, or a named function, whose name becomes the label's name",
      value,
    );
  }
  if (DEFAULT_METRIC_LABELS.includes(name)) {
    throw fail(option, 'a name other than `method` and `status`, which are labels already', value);
  }
  return value as GroupBy;
}

/** The name of the label that `groupBy` adds. */
export function groupLabelName(groupBy: GroupBy): string {
  return typeof groupBy === 'function' ? groupBy.name : groupBy;
}

export function checkedGuards(option: string, value: unknown): readonly GuardLike[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw fail(option, 'a list of guards', value);
  for (const guard of value) {
    const isGuard = [guard, guard?.prototype].some(
      (holder) => typeof holder?.canActivate === 'function',
    );
    if (!isGuard) {
      throw fail(option, 'guards: classes or instances with a `canActivate` method', guard);
    }
  }
  return [...value];
}

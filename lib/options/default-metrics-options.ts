import { NO_PREFIX } from '../core/constants.js';
import { DEFAULT_BUCKETS } from '../metrics/histogram.js';
import { isUserLabelName } from '../metrics/names.js';
import { BOOLEAN, BUCKETS, METRIC_NAME, withDefault } from './checks.js';
import type { Labels } from './metric-context.js';
import { optionPlace } from './place.js';
import { resolveTable, type OptionTable, type Resolver } from './table.js';

/** What the default duration metric is grouped by. */
export type GroupBy =
  | 'path'
  | 'endpoint'
  | 'route'
  | (string & {})
  // oxlint-disable-next-line typescript/no-explicit-any -- the framework's request
  | ((request: any) => unknown);

/** What `PrometheusService.exportDefaults()` can change. */
export interface DefaultMetricsChanges {
  /** See `PrometheusModuleOptions.defaultsPrefix`. */
  prefix?: string | typeof NO_PREFIX;
  /** See `PrometheusModuleOptions.groupBy`. */
  groupBy?: GroupBy;
  /** See `PrometheusModuleOptions.buckets`. */
  buckets?: readonly number[];
  /** See `PrometheusModuleOptions.defaultLatencyAsHistogram`. */
  latencyAsHistogram?: boolean;
}

/** What is recorded for every request, unless the user says otherwise. */
export interface DefaultMetricsOptions {
  /** `''` or the prefix with its `_`. */
  readonly prefix: string;
  readonly groupBy: GroupBy;
  readonly buckets: readonly number[];
  readonly latencyAsHistogram: boolean;
}

const DEFAULTS: DefaultMetricsOptions = {
  prefix: 'nestjs_',
  groupBy: 'path',
  buckets: DEFAULT_BUCKETS,
  latencyAsHistogram: true,
};

/** Checks of the default metrics' options; what is not given is as it was. */
export function defaultMetricsTable(current: DefaultMetricsOptions = DEFAULTS) {
  return {
    prefix: (value, place) => (value === undefined ? current.prefix : prefix(value, place)),
    groupBy: (value = current.groupBy, place) => groupBy(value, place),
    buckets: withDefault(BUCKETS, current.buckets),
    latencyAsHistogram: withDefault(BOOLEAN, current.latencyAsHistogram),
  } satisfies OptionTable<DefaultMetricsChanges>;
}

/**
 * The default metrics of the module with some changes.
 *
 * @throws PrometheusConfigError that names what was given
 */
export function changedDefaultMetrics(
  changes: DefaultMetricsChanges,
  current: DefaultMetricsOptions,
  defaultLabels: Labels,
): DefaultMetricsOptions {
  const place = optionPlace('exportDefaults', '');
  const changed = resolveTable(defaultMetricsTable(current), changes, place);
  checkDefaultLabels(defaultLabels, changed.groupBy);
  return changed;
}

/** Labels that the default metrics have beside the group. */
const DEFAULT_METRIC_LABELS: readonly string[] = ['method', 'status'];

/** @throws PrometheusConfigError for a default label that the default metrics have already */
export function checkDefaultLabels(defaultLabels: Labels, group: GroupBy): void {
  for (const name of [...DEFAULT_METRIC_LABELS, groupLabelName(group)]) {
    if (!Object.hasOwn(defaultLabels, name)) continue;
    throw optionPlace('defaultLabels').fail('names that the default metrics do not have', name);
  }
}

/** The name of the label that `groupBy` adds. */
export function groupLabelName(given: GroupBy): string {
  return typeof given === 'function' ? given.name : given;
}

const prefix: Resolver<string> = (value, place) => {
  if (value === NO_PREFIX) return '';
  if (METRIC_NAME.isRight(value)) return `${value}_`;
  throw place.fail(
    'a prefix of letters, digits, `_` and `:` that starts with no digit, or NO_PREFIX',
    value,
  );
};

const groupBy: Resolver<GroupBy> = (value, place) => {
  // A property named after the option gives an anonymous function the option's name.
  const name = typeof value === 'function' && value.name !== 'groupBy' ? value.name : value;
  if (!isUserLabelName(name)) {
    throw place.fail(
      "'path', 'endpoint', 'route', the name of a property of the request, or a named function, whose name becomes the label's name",
      value,
    );
  }
  if (DEFAULT_METRIC_LABELS.includes(name)) {
    throw place.fail('a name other than `method` and `status`, which are labels already', value);
  }
  return value as GroupBy;
};

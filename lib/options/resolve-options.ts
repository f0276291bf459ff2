import { DEFAULT_BUCKETS } from '../metrics/histogram.js';
import { DEFAULT_MAX_SERIES } from '../metrics/metric.js';
import { PrometheusConfigError } from '../core/errors.js';
import {
  checkedBoolean,
  checkedBuckets,
  checkedCount,
  checkedGroupBy,
  checkedGuards,
  checkedLabels,
  checkedOneOf,
  checkedPath,
  checkedPrefix,
  groupLabelName,
} from './checks.js';
import { resolveEndpointOptions } from './resolve-endpoint-options.js';
import { compileExcludedPaths } from './excluded-paths.js';
import { checkedNames, type NamesOf } from './known-names.js';
import { OPTION_NAMES, PROCESS_METRICS_NAMES } from './option-names.js';
import { checkedMultiprocess } from './multiprocess-directory.js';
import { resolveServerOptions } from './resolve-server-options.js';
import type { NO_PREFIX } from '../core/constants.js';
import type { Labels } from './metric-context.js';
import type {
  AnyRegistry,
  GroupBy,
  PrometheusModuleOptions,
  ProcessMetricsOptions,
} from './prometheus-options.js';
import type { DefaultMetricsOptions, ResolvedOptions } from './resolved-options.js';

/**
 * Checks the options and fills in the defaults; the only place that knows them.
 *
 * @param warn told once for each deprecated spelling
 * @throws PrometheusConfigError that names the option, what it expects and what it got
 */
export function resolveOptions(
  given: PrometheusModuleOptions,
  defaults: { readonly registry: AnyRegistry },
  warn: (message: string) => void,
): ResolvedOptions {
  checkedNames('options', given, OPTION_NAMES);
  const options = withoutDeprecated(given, warn);
  const { path } = options;
  const defaultLabels = checkedLabels('defaultLabels', options.defaultLabels);
  return Object.freeze<ResolvedOptions>({
    path: path === null || path === false ? undefined : checkedPath('path', path ?? '/metrics'),
    useGlobalPrefix: checkedBoolean('useGlobalPrefix', options.useGlobalPrefix, false),
    exportDefaults: checkedBoolean('exportDefaults', options.exportDefaults, true),
    defaultMetrics: resolvedDefaultMetrics(options, defaultLabels),
    defaultLabels,
    isExcluded: compileExcludedPaths(options.excludedPaths),
    excludeUserDefaults: checkedBoolean('excludeUserDefaults', options.excludeUserDefaults, true),
    guards: checkedGuards('guards', options.guards),
    endpoint: resolveEndpointOptions(options.endpoint),
    server: options.server === undefined ? undefined : resolveServerOptions(options.server),
    controller: options.controller,
    registry: checkedRegistry(options.registry, defaults.registry),
    processMetrics: checkedProcessMetrics(options.processMetrics),
    maxSeries: checkedCount('maxSeries', options.maxSeries, DEFAULT_MAX_SERIES),
    multiprocessDirectory: checkedMultiprocess(options.multiprocess),
    interceptor: checkedOneOf('interceptor', options.interceptor, ['auto', 'global']),
    responseConverter: checkedConverter(options.responseConverter),
  });
}

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

const CHANGE_NAMES: NamesOf<DefaultMetricsChanges> = {
  prefix: true,
  groupBy: true,
  buckets: true,
  latencyAsHistogram: true,
};

/** The default metrics of the module with some changes, checked like the module's options. */
export function resolveDefaultMetrics(
  changes: DefaultMetricsChanges,
  current: DefaultMetricsOptions,
  defaultLabels: Labels,
): DefaultMetricsOptions {
  checkedNames('exportDefaults', changes, CHANGE_NAMES);
  const { groupBy = current.groupBy, buckets = current.buckets } = changes;
  const latencyAsHistogram = changes.latencyAsHistogram ?? current.latencyAsHistogram;
  const checked = resolvedDefaultMetrics(
    { groupBy, buckets, defaultLatencyAsHistogram: latencyAsHistogram },
    defaultLabels,
  );
  const prefix =
    changes.prefix === undefined ? current.prefix : checkedPrefix('prefix', changes.prefix);
  return { ...checked, prefix };
}

function resolvedDefaultMetrics(
  options: PrometheusModuleOptions,
  defaultLabels: Labels,
): DefaultMetricsOptions {
  const groupBy = checkedGroupBy('groupBy', options.groupBy);
  for (const name of ['method', 'status', groupLabelName(groupBy)]) {
    if (Object.hasOwn(defaultLabels, name)) {
      throw PrometheusConfigError.option(
        'defaultLabels',
        'names that the default metrics do not have',
        name,
      );
    }
  }
  return {
    prefix: checkedPrefix('defaultsPrefix', options.defaultsPrefix),
    groupBy,
    buckets:
      options.buckets === undefined ? DEFAULT_BUCKETS : checkedBuckets('buckets', options.buckets),
    latencyAsHistogram: checkedBoolean(
      'defaultLatencyAsHistogram',
      options.defaultLatencyAsHistogram,
      true,
    ),
  };
}

function withoutDeprecated(
  given: PrometheusModuleOptions,
  warn: (message: string) => void,
): PrometheusModuleOptions {
  const options = { ...given };
  if (given.groupByEndpoint !== undefined) {
    warn("Option `groupByEndpoint` is deprecated: use `groupBy: 'endpoint'`");
    if (checkedBoolean('groupByEndpoint', given.groupByEndpoint, false)) {
      options.groupBy ??= 'endpoint';
    }
  }
  if (given.staticLabels !== undefined) {
    warn('Option `staticLabels` is deprecated: use `defaultLabels`');
    options.defaultLabels ??= checkedLabels('staticLabels', given.staticLabels);
  }
  return options;
}

function checkedRegistry(value: AnyRegistry | undefined, byDefault: AnyRegistry): AnyRegistry {
  if (value === undefined) return byDefault;
  const isRegistry =
    typeof value?.registerMetric === 'function' && typeof value.getMetricsAsArray === 'function';
  if (!isRegistry) {
    throw PrometheusConfigError.option('registry', 'a prom-client Registry', value);
  }
  return value;
}

function checkedProcessMetrics(value: unknown): ProcessMetricsOptions | undefined {
  if (value === undefined || value === true) return {};
  if (value === false) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw PrometheusConfigError.option(
      'processMetrics',
      "true, false, or the options of prom-client's collectDefaultMetrics",
      value,
    );
  }
  checkedNames('processMetrics', value, PROCESS_METRICS_NAMES);
  return value;
}

function checkedConverter(
  value: PrometheusModuleOptions['responseConverter'],
): PrometheusModuleOptions['responseConverter'] {
  if (value !== undefined && typeof value !== 'function') {
    throw PrometheusConfigError.option('responseConverter', 'a function', value);
  }
  return value;
}

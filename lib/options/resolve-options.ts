import { checkDefaultLabels, type DefaultMetricsOptions } from './default-metrics-options.js';
import { pageBeside, type PageSettings } from './page-options.js';
import { optionPlace } from './place.js';
import {
  MODULE_OPTIONS,
  type AnyRegistry,
  type PrometheusModuleOptions,
} from './prometheus-options.js';
import { resolveTable, type Resolved } from './table.js';

type ByName = Omit<
  Resolved<typeof MODULE_OPTIONS>,
  // Put together as `defaultMetrics`.
  | 'defaultsPrefix'
  | 'groupBy'
  | 'buckets'
  | 'defaultLatencyAsHistogram'
  // Deprecated spellings of others.
  | 'groupByEndpoint'
  | 'staticLabels'
  // Needed before the options are resolved.
  | 'controller'
>;

/** The options as the library uses them: checked, complete, and never changed. */
export interface ResolvedOptions extends ByName {
  readonly defaultMetrics: DefaultMetricsOptions;
  readonly registry: AnyRegistry;
  readonly page: PageSettings | undefined;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @param warn told once for each deprecated spelling
 * @throws PrometheusConfigError that names the option, what it expects and what it got
 */
export function resolveOptions(
  given: PrometheusModuleOptions,
  { registry }: { readonly registry: AnyRegistry },
  warn: (message: string) => void,
): ResolvedOptions {
  const place = optionPlace('options', '');
  const {
    defaultsPrefix: prefix,
    groupBy,
    buckets,
    defaultLatencyAsHistogram: latencyAsHistogram,
    groupByEndpoint,
    staticLabels,
    controller: _controller,
    ...options
  } = resolveTable(MODULE_OPTIONS, given, place);
  if (given.groupByEndpoint !== undefined) {
    warn("Option `groupByEndpoint` is deprecated: use `groupBy: 'endpoint'`");
  }
  if (given.staticLabels !== undefined) {
    warn('Option `staticLabels` is deprecated: use `defaultLabels`');
  }
  const isByEndpoint = groupByEndpoint === true && given.groupBy === undefined;
  const defaultMetrics = Object.freeze<DefaultMetricsOptions>({
    prefix,
    groupBy: isByEndpoint ? 'endpoint' : groupBy,
    buckets,
    latencyAsHistogram,
  });
  const defaultLabels = Object.freeze({ ...staticLabels, ...options.defaultLabels });
  checkDefaultLabels(defaultLabels, defaultMetrics.groupBy);
  return Object.freeze<ResolvedOptions>({
    ...options,
    defaultMetrics,
    defaultLabels,
    registry: options.registry ?? registry,
    page: pageBeside(options.path, options.page, place.of('page')),
  });
}

import type { InjectionToken, OptionalFactoryDependency } from '@nestjs/common';
import { counterName } from '../metrics/names.js';
import {
  BOOLEAN,
  COUNT,
  functionOf,
  HELP,
  labelNames,
  METRIC_NAME,
  oneOf,
  optional,
  required,
  withDefault,
  type Check,
} from '../options/checks.js';
import {
  METRIC_OPTIONS,
  type CounterSettings,
  type GaugeSettings,
  type HistogramSettings,
  type SummarySettings,
} from '../options/metric-options.js';
import { metricPlace } from '../options/place.js';
import { resolveTable, type OptionTable } from '../options/table.js';
import type { ClientMetric, ClientMetricDefinition } from '../registry/client-metrics.js';

interface CustomMetricBase {
  name: string;
  help: string;
  labelNames?: readonly string[];
  /** Tokens of providers that are handed to `collect`. */
  inject?: (InjectionToken | OptionalFactoryDependency)[];
  /**
   * Called before each scrape with the metric as `this` and the injected providers as arguments.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- what `inject` names; the metric's class
  collect?: (this: any, ...providers: any[]) => void | Promise<void>;
  /** prom-client's aggregation over `node:cluster` workers. @default 'sum' */
  aggregator?: 'omit' | 'sum' | 'first' | 'min' | 'max' | 'average';
}

/** A metric object of prom-client to be made and injected; see `PrometheusModule.forFeature()`. */
export type CustomMetric = CustomMetricBase &
  (
    | ({ type: 'counter'; enableExemplars?: boolean } & CounterSettings)
    | ({ type: 'gauge' } & GaugeSettings)
    | ({ type: 'histogram'; enableExemplars?: boolean } & HistogramSettings)
    | ({ type: 'summary'; pruneAgedBuckets?: boolean; compressCount?: number } & SummarySettings)
  );

type OfType<T extends CustomMetric['type']> = Extract<CustomMetric, { type: T }>;

const TYPE = oneOf('counter', 'gauge', 'histogram', 'summary');
const LIST: Check<readonly unknown[]> = { expects: 'a list of tokens', isRight: Array.isArray };

const COMMON = {
  type: required(TYPE),
  name: required(METRIC_NAME),
  help: required(HELP),
  labelNames,
  inject: withDefault(LIST, []),
  collect: optional(functionOf<NonNullable<CustomMetric['collect']>>('a function')),
  aggregator: optional(oneOf('omit', 'sum', 'first', 'min', 'max', 'average')),
};

/** Names, checks and defaults of what each type is declared with. */
const OPTIONS = {
  counter: {
    ...COMMON,
    ...METRIC_OPTIONS.counter,
    enableExemplars: optional(BOOLEAN),
  } satisfies OptionTable<OfType<'counter'>>,
  gauge: { ...COMMON, ...METRIC_OPTIONS.gauge } satisfies OptionTable<OfType<'gauge'>>,
  histogram: {
    ...COMMON,
    ...METRIC_OPTIONS.histogram,
    enableExemplars: optional(BOOLEAN),
  } satisfies OptionTable<OfType<'histogram'>>,
  summary: {
    ...COMMON,
    ...METRIC_OPTIONS.summary,
    pruneAgedBuckets: optional(BOOLEAN),
    compressCount: optional(COUNT),
  } satisfies OptionTable<OfType<'summary'>>,
};

/**
 * Checks a custom metric.
 *
 * @throws PrometheusConfigError that names the metric, what is expected, and what was given
 */
export function clientMetricDefinition(metric: CustomMetric): ClientMetricDefinition {
  const place = metricPlace((metric as CustomMetric | undefined)?.name, 'forFeature');
  const type = required(TYPE)((metric as CustomMetric | undefined)?.type, place.of('type'));
  const resolved = resolveTable(OPTIONS[type], metric, place);
  const {
    type: _t,
    name,
    help,
    labelNames: labels,
    inject: _i,
    collect: _c,
    ...settings
  } = resolved;
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return {
    type,
    name: type === 'counter' ? counterName(name) : name,
    help,
    labelNames: labels,
    settings: Object.fromEntries(given),
  };
}

/** `collect` with the providers that it asked for, which are there when the application is. */
export function boundCollect(
  metric: CustomMetric,
  providers: () => readonly unknown[] | undefined,
): ((this: ClientMetric) => unknown) | undefined {
  const { collect } = metric;
  if (collect === undefined) return undefined;
  return function (this: ClientMetric) {
    const given = providers();
    return given === undefined ? undefined : collect.apply(this, [...given]);
  };
}

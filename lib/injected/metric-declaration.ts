import type { InjectionToken, OptionalFactoryDependency } from '@nestjs/common';
import type { Counter, Gauge, Histogram, Summary } from 'prom-client';
import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
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
import type { NativeHistogramSettings } from '../options/native-histogram-options.js';
import { metricPlace } from '../options/place.js';
import { resolveTable, type OptionTable } from '../options/table.js';
import type { BoundCollect } from './injected-object.js';

/** What is declared of a metric, whatever its type. */
interface Declared<M> {
  name: string;
  help: string;
  labelNames?: readonly string[];
  /** Tokens of providers that are handed to `collect`. */
  inject?: (InjectionToken | OptionalFactoryDependency)[];
  /**
   * Called before each scrape with the metric as `this` and the injected providers as arguments.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- what `inject` names
  collect?: (this: M, ...providers: any[]) => void | Promise<void>;
  /** prom-client's aggregation over `node:cluster` workers. @default 'sum' */
  aggregator?: 'omit' | 'sum' | 'first' | 'min' | 'max' | 'average';
}

interface DeclaredCounter extends Declared<Counter<string>>, CounterSettings {
  type: 'counter';
  /** `inc({ labels, value, exemplarLabels })`, as prom-client has it. @default false */
  enableExemplars?: boolean;
}

interface DeclaredGauge extends Declared<Gauge<string>>, GaugeSettings {
  type: 'gauge';
  /** How the values of several processes become one. @default 'all' */
  multiprocessMode?: MultiprocessMode;
}

interface DeclaredHistogram extends Declared<Histogram<string>>, HistogramSettings {
  type: 'histogram';
  /** Upper bounds, ascending. @default [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10] */
  buckets?: readonly number[];
  /** `observe({ labels, value, exemplarLabels })`, as prom-client has it. @default false */
  enableExemplars?: boolean;
}

interface DeclaredSummary extends Declared<Summary<string>>, SummarySettings {
  type: 'summary';
  /** Quantiles between 0 and 1, ascending. @default [.01, .05, .5, .9, .95, .99, .999] */
  percentiles?: readonly number[];
  /** Takes out label sets of which nothing was observed within `maxAgeSeconds`. @default false */
  pruneAgedBuckets?: boolean;
  /** Has no effect: the quantiles take little memory however much is observed. */
  compressCount?: number;
}

/** A metric object to be made and injected; see `PrometheusModule.forFeature()`. */
export type CustomMetric = DeclaredCounter | DeclaredGauge | DeclaredHistogram | DeclaredSummary;

/** A metric as `forFeature()` was given it, checked. What is equal is the same metric. */
export interface MetricDeclaration {
  readonly type: CustomMetric['type'];
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Everything else that was given for the type, e.g. `buckets`. */
  readonly settings: Readonly<MetricSettings>;
}

interface MetricSettings {
  readonly maxSeries?: number;
  readonly aggregator?: string;
  readonly multiprocessMode?: MultiprocessMode;
  readonly buckets?: readonly number[];
  readonly percentiles?: readonly number[];
  readonly maxAgeSeconds?: number;
  readonly ageBuckets?: number;
  readonly pruneAgedBuckets?: boolean;
  readonly enableExemplars?: boolean;
  readonly native?: NativeHistogramSettings | boolean;
}

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
 * Checks a declaration.
 *
 * @throws PrometheusConfigError that names the metric, what is expected, and what was given
 */
export function metricDeclaration(metric: CustomMetric): MetricDeclaration {
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
): BoundCollect | undefined {
  const collect = metric.collect as ((...providers: unknown[]) => unknown) | undefined;
  if (collect === undefined) return undefined;
  return function () {
    const given = providers();
    return given === undefined ? undefined : collect.apply(this, [...given]);
  };
}

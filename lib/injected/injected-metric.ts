import type { InjectionToken, OptionalFactoryDependency } from '@nestjs/common';
import { counterName, isMetricName, isUserLabelName, LABEL_NAME_RULE } from '../metrics/names.js';
import { MULTIPROCESS_MODES, type MultiprocessMode } from '../metrics/multiprocess-mode.js';
import { checkedMetricNames, type NamesOf } from '../options/known-names.js';
import { PrometheusConfigError } from '../core/errors.js';
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
    | { type: 'counter'; enableExemplars?: boolean }
    | {
        type: 'gauge';
        /** How the values of several processes become one. @default 'all' */
        multiprocessMode?: MultiprocessMode;
      }
    | { type: 'histogram'; buckets?: readonly number[]; enableExemplars?: boolean }
    | {
        type: 'summary';
        percentiles?: readonly number[];
        maxAgeSeconds?: number;
        ageBuckets?: number;
        pruneAgedBuckets?: boolean;
        compressCount?: number;
      }
  );

type OfType<T extends CustomMetric['type']> = Extract<CustomMetric, { type: T }>;

const COMMON: NamesOf<CustomMetricBase & { type: string }> = {
  type: true,
  name: true,
  help: true,
  labelNames: true,
  inject: true,
  collect: true,
  aggregator: true,
};

const NAMES: { readonly [T in CustomMetric['type']]: NamesOf<OfType<T>> } = {
  counter: { ...COMMON, enableExemplars: true },
  gauge: { ...COMMON, multiprocessMode: true },
  histogram: { ...COMMON, buckets: true, enableExemplars: true },
  summary: {
    ...COMMON,
    percentiles: true,
    maxAgeSeconds: true,
    ageBuckets: true,
    pruneAgedBuckets: true,
    compressCount: true,
  },
};

/**
 * Checks a custom metric.
 *
 * @throws PrometheusConfigError that names the metric, what is expected, and what was given
 */
export function clientMetricDefinition(metric: CustomMetric): ClientMetricDefinition {
  const { type, name, help, labelNames = [], inject: _inject, collect, ...settings } = metric;
  const check = (isRight: boolean, expected: string, got: unknown): void => {
    if (!isRight) throw PrometheusConfigError.metric(String(name), `${expected} (forFeature)`, got);
  };
  const types = ['counter', 'gauge', 'histogram', 'summary'];
  check(types.includes(type), `type one of ${types.join(', ')}`, type);
  checkedMetricNames(String(name), metric, NAMES[type]);
  check(isMetricName(name), 'a name of letters, digits, `_` and `:`', name);
  check(typeof help === 'string' && help !== '', 'a help text', help);
  for (const label of labelNames) check(isUserLabelName(label), LABEL_NAME_RULE, label);
  check(collect === undefined || typeof collect === 'function', 'a function `collect`', collect);
  if (metric.type === 'histogram') {
    const { buckets } = metric;
    check(isAscending(buckets), '`buckets` finite, ascending, without repeats', buckets);
  }
  if (metric.type === 'summary') {
    const { percentiles = [] } = metric;
    const areRight = percentiles.every((value) => value >= 0 && value <= 1);
    check(areRight, '`percentiles` between 0 and 1', percentiles);
  }
  if (metric.type === 'gauge') {
    const mode = metric.multiprocessMode;
    const isMode = mode === undefined || MULTIPROCESS_MODES.includes(mode);
    check(isMode, `\`multiprocessMode\` one of ${MULTIPROCESS_MODES.join(', ')}`, mode);
  }
  return { type, name: type === 'counter' ? counterName(name) : name, help, labelNames, settings };
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

function isAscending(list: readonly number[] | undefined): boolean {
  return (
    list === undefined ||
    (list.length > 0 &&
      list.every(
        (value, i) => Number.isFinite(value) && (i === 0 || value > (list[i - 1] as number)),
      ))
  );
}

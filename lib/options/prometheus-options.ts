import type { ExecutionContext, Type } from '@nestjs/common';
import type { Registry, RegistryContentType } from 'prom-client';
import type { NO_PREFIX } from '../core/constants.js';
import { DEFAULT_MAX_SERIES } from '../metrics/metric.js';
import {
  BOOLEAN,
  CHECKED_ELSEWHERE,
  COUNT,
  functionOf,
  labels,
  oneOf,
  optional,
  pathOr,
  withDefault,
  type Check,
} from './checks.js';
import { defaultMetricsTable, type GroupBy } from './default-metrics-options.js';
import { endpointOptions, type EndpointOptions } from './endpoint-options.js';
import { excludedPaths } from './excluded-paths.js';
import { guardsOrNone, type GuardLike } from './guards.js';
import type { Labels } from './metric-context.js';
import { multiprocess, type MultiprocessOptions } from './multiprocess-options.js';
import { nativeHistograms, type NativeHistogramOptions } from './native-histogram-options.js';
import { outgoing, type OutgoingOptions } from './outgoing-options.js';
import { page, type PageOptions } from './page-options.js';
import { processMetrics, type ProcessMetricsOptions } from './process-metrics-options.js';
import { pushgateway, type PushgatewayOptions } from './pushgateway-options.js';
import { SERVER_OPTIONS, type MetricsServerOptions } from './server-options.js';
import { nested, type OptionTable, type Resolver } from './table.js';

/** A prom-client registry, whatever content type it was made with. */
export type AnyRegistry = Registry<RegistryContentType>;

/** A response as label functions see it, made by `responseConverter`. */
export interface ConvertedResponse {
  statusCode?: number;
  headers?: Record<string, unknown>;
  body?: unknown;
}

/** Labels of an exemplar for what is being recorded; `undefined` for no exemplar. */
export type ExemplarLabels = () => Record<string, string> | undefined;

/** Options of `PrometheusModule.forRoot()`. All of them can be left out. */
export interface PrometheusModuleOptions {
  /**
   * Where the endpoint is served; `null` or `false`: nowhere. Neither a global prefix nor
   * versioning moves it.
   *
   * @default '/metrics'
   */
  path?: string | null | false;
  /** Puts the application's global prefix in front of `path`. @default false */
  useGlobalPrefix?: boolean;
  /** Registers the default HTTP metrics. @default true */
  exportDefaults?: boolean;
  /** Prefix of the default metrics, joined with `_`; `NO_PREFIX` for none. @default 'nestjs' */
  defaultsPrefix?: string | typeof NO_PREFIX;
  /**
   * What the default duration metric is grouped by: `'path'`, `'endpoint'` (controller and
   * handler), `'route'` (the route template), the name of a property of the framework's request,
   * or a named function of it, whose name becomes the label's name.
   *
   * @default 'path'
   */
  groupBy?: GroupBy;
  /**
   * Upper bounds of the default duration histogram, in seconds, ascending.
   *
   * @default [.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10]
   */
  buckets?: readonly number[];
  /** `false`: the default duration is a summary (`_sum` and `_count`). @default true */
  defaultLatencyAsHistogram?: boolean;
  /** Labels added to the default HTTP metrics and to every decorator metric. @default {} */
  defaultLabels?: Labels;
  /**
   * Paths that are left out of the metrics. A string is a regular expression that has to match at
   * the start of the path; a RegExp is tested as it is.
   *
   * @default none
   */
  excludedPaths?: string | RegExp | readonly (string | RegExp)[];
  /** Whether `excludedPaths` silences user-defined metrics, too. @default true */
  excludeUserDefaults?: boolean;
  /** Guards of the endpoint. One that cannot be resolved fails the startup. @default [] */
  guards?: readonly GuardLike[];
  /** Limits of the endpoint. @default those of `EndpointOptions` */
  endpoint?: EndpointOptions;
  /** Serves the metrics on a port of their own as well. @default none */
  server?: MetricsServerOptions;
  /** A subclass of `MetricsController` that serves the endpoint. @default MetricsController */
  controller?: Type<unknown>;
  /** Where all metrics are registered. @default prom-client's global `register` */
  registry?: AnyRegistry;
  /** Collects metrics of the process and its runtime, under prom-client's names. @default true */
  processMetrics?: boolean | ProcessMetricsOptions;
  /** Label sets kept per metric, those of the overflow included. @default 2000 */
  maxSeries?: number;
  /**
   * Shows the metrics of all processes that share a directory, whichever of them is scraped.
   * `true`: the directory that the environment variable `PROMETHEUS_MULTIPROC_DIR` names.
   *
   * @default false
   */
  multiprocess?: boolean | MultiprocessOptions;
  /**
   * Measures the handlers that serve no HTTP request: resolvers, message handlers, gateways, cron
   * jobs, queues, events.
   *
   * @default true
   */
  handlers?: boolean;
  /** Measures outgoing HTTP requests and calls to databases. @default false */
  outgoing?: boolean | OutgoingOptions;
  /**
   * Histograms count in exponential buckets as well, which the protobuf format shows.
   *
   * @default false
   */
  nativeHistograms?: boolean | NativeHistogramOptions;
  /**
   * Puts exemplars on the buckets of the default duration, on its total, and on counters and
   * histograms. `true`: trace and span of the active OpenTelemetry span, for which
   * `@opentelemetry/api` has to be installed; a function gives other labels, or `undefined` for no
   * exemplar.
   *
   * @default false
   */
  exemplars?: boolean | ExemplarLabels;
  /** Serves a page that draws the metrics. @default false */
  page?: boolean | PageOptions;
  /** Pushes the metrics to a Pushgateway when the application closes. @default none */
  pushgateway?: PushgatewayOptions;
  /**
   * `'auto'`: the interceptor runs on handlers that carry metric decorators; `'global'`: on every
   * controller call. The default HTTP metrics are complete either way.
   *
   * @default 'auto'
   */
  interceptor?: 'auto' | 'global';
  /**
   * Turns what a handler returned into a response for label functions, where the transport has
   * none or the handler returns an envelope of its own.
   */
  responseConverter?: (
    returnValue: unknown,
    executionContext: ExecutionContext,
  ) => ConvertedResponse;
  /** @deprecated Use `groupBy: 'endpoint'`. */
  groupByEndpoint?: boolean;
  /** @deprecated Use `defaultLabels`. */
  staticLabels?: Labels;
}

type ResponseConverter = NonNullable<PrometheusModuleOptions['responseConverter']>;

const REGISTRY: Check<AnyRegistry> = {
  expects: 'a prom-client Registry',
  isRight: (value): value is AnyRegistry => {
    const { registerMetric, getMetricsAsArray } = (value ?? {}) as Partial<AnyRegistry>;
    return typeof registerMetric === 'function' && typeof getMetricsAsArray === 'function';
  },
};

const endpointPath = pathOr(', or null for no endpoint');

const exemplars: Resolver<boolean | ExemplarLabels> = (value = false, place) => {
  if (typeof value === 'boolean' || typeof value === 'function') return value as ExemplarLabels;
  throw place.fail('true, false, or a function that gives labels', value);
};

const defaults = defaultMetricsTable();

/** Names, checks and defaults of the module's options. */
export const MODULE_OPTIONS = {
  path: (value = '/metrics', place) =>
    value === null || value === false ? undefined : endpointPath(value, place),
  useGlobalPrefix: withDefault(BOOLEAN, false),
  exportDefaults: withDefault(BOOLEAN, true),
  defaultsPrefix: defaults.prefix,
  groupBy: defaults.groupBy,
  buckets: defaults.buckets,
  defaultLatencyAsHistogram: defaults.latencyAsHistogram,
  defaultLabels: labels,
  excludedPaths,
  excludeUserDefaults: withDefault(BOOLEAN, true),
  guards: guardsOrNone,
  endpoint: endpointOptions,
  server: nested(SERVER_OPTIONS),
  // Has to be known before options can come from a factory.
  controller: CHECKED_ELSEWHERE,
  registry: optional(REGISTRY),
  processMetrics,
  maxSeries: withDefault(COUNT, DEFAULT_MAX_SERIES),
  multiprocess,
  handlers: withDefault(BOOLEAN, true),
  outgoing,
  nativeHistograms,
  exemplars,
  page,
  pushgateway,
  interceptor: withDefault(oneOf('auto', 'global'), 'auto'),
  responseConverter: optional(functionOf<ResponseConverter>('a function')),
  groupByEndpoint: optional(BOOLEAN),
  staticLabels: labels,
} satisfies OptionTable<PrometheusModuleOptions>;

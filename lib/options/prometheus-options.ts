import type {
  CanActivate,
  ExecutionContext,
  InjectionToken,
  ModuleMetadata,
  OptionalFactoryDependency,
  Type,
} from '@nestjs/common';
import type {
  DefaultMetricsCollectorConfiguration,
  Registry,
  RegistryContentType,
} from 'prom-client';
import type { NO_PREFIX } from '../core/constants.js';
import type { EndpointOptions } from './endpoint-options.js';
import type { Labels } from './metric-context.js';
import type { MultiprocessOptions } from './multiprocess-directory.js';
import type { MetricsServerOptions } from './server-options.js';

/** A prom-client registry, whatever content type it was made with. */
export type AnyRegistry = Registry<RegistryContentType>;

/** Options of prom-client's `collectDefaultMetrics`, without the registry. */
export type ProcessMetricsOptions = Omit<
  DefaultMetricsCollectorConfiguration<RegistryContentType>,
  'register'
>;

/** A guard of the metrics endpoint: a class that Nest can resolve, or an instance. */
export type GuardLike = Type<CanActivate> | CanActivate;

/** What the default duration metric is grouped by. */
export type GroupBy =
  | 'path'
  | 'endpoint'
  | 'route'
  | (string & {})
  // oxlint-disable-next-line typescript/no-explicit-any -- the framework's request
  | ((request: any) => unknown);

/** A response as label functions see it, made by `responseConverter`. */
export interface ConvertedResponse {
  statusCode?: number;
  headers?: Record<string, unknown>;
  body?: unknown;
}

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
  /** Collects prom-client's process metrics, with its own options if given. @default true */
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

/** A class that makes the options, for `useClass` and `useExisting`. */
export interface PrometheusOptionsFactory {
  createPrometheusOptions(): PrometheusModuleOptions | Promise<PrometheusModuleOptions>;
}

/** Options of `PrometheusModule.forRootAsync()`: one of `useFactory`, `useClass`, `useExisting`. */
export interface PrometheusModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  useFactory?: (
    // oxlint-disable-next-line typescript/no-explicit-any -- what `inject` names
    ...dependencies: any[]
  ) => PrometheusModuleOptions | Promise<PrometheusModuleOptions>;
  useClass?: Type<PrometheusOptionsFactory>;
  useExisting?: Type<PrometheusOptionsFactory>;
  inject?: (InjectionToken | OptionalFactoryDependency)[];
  /** Guards of the endpoint, beside those in the options that the factory returns. */
  guards?: readonly GuardLike[];
  /** See `PrometheusModuleOptions.controller`; a controller has to be known before the factory runs. */
  controller?: Type<unknown>;
}

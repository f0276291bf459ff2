import type { ExecutionContext, Type } from '@nestjs/common';
import type { EndpointLimits } from './endpoint-options.js';
import type { Labels } from './metric-context.js';
import type { PathTest } from './excluded-paths.js';
import type {
  AnyRegistry,
  ConvertedResponse,
  GroupBy,
  GuardLike,
  ProcessMetricsOptions,
} from './prometheus-options.js';
import type { MetricsServerOptions, ResolvedServerOptions } from './server-options.js';

/** What is recorded for every request, unless the user says otherwise. */
export interface DefaultMetricsOptions {
  /** `''` or the prefix with its `_`. */
  readonly prefix: string;
  readonly groupBy: GroupBy;
  readonly buckets: readonly number[];
  readonly latencyAsHistogram: boolean;
}

/** The options as the library uses them: checked, complete, and never changed. */
export interface ResolvedOptions {
  /** Starts with `/`; `undefined`: no endpoint. */
  readonly path: string | undefined;
  readonly useGlobalPrefix: boolean;
  readonly exportDefaults: boolean;
  readonly defaultMetrics: DefaultMetricsOptions;
  readonly defaultLabels: Labels;
  readonly isExcluded: PathTest | undefined;
  readonly excludeUserDefaults: boolean;
  readonly guards: readonly GuardLike[];
  readonly endpoint: EndpointLimits;
  readonly server: (ResolvedServerOptions & Pick<MetricsServerOptions, 'when'>) | undefined;
  readonly controller: Type<unknown> | undefined;
  readonly registry: AnyRegistry;
  readonly processMetrics: ProcessMetricsOptions | undefined;
  readonly maxSeries: number;
  /** Shared with other processes, absolute; `undefined`: this process stands alone. */
  readonly multiprocessDirectory: string | undefined;
  readonly interceptor: 'auto' | 'global';
  readonly responseConverter:
    ((returnValue: unknown, executionContext: ExecutionContext) => ConvertedResponse) | undefined;
}

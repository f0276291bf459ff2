import type {
  InjectionToken,
  ModuleMetadata,
  OptionalFactoryDependency,
  Type,
} from '@nestjs/common';
import { CHECKED_ELSEWHERE } from './checks.js';
import { guardsOrNone, type GuardLike } from './guards.js';
import type { PrometheusModuleOptions } from './prometheus-options.js';
import type { OptionTable } from './table.js';

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

/** Names and checks of what `forRootAsync()` takes; Nest itself checks what it is handed. */
export const ASYNC_OPTIONS = {
  imports: CHECKED_ELSEWHERE,
  useFactory: CHECKED_ELSEWHERE,
  useClass: CHECKED_ELSEWHERE,
  useExisting: CHECKED_ELSEWHERE,
  inject: CHECKED_ELSEWHERE,
  guards: guardsOrNone,
  controller: CHECKED_ELSEWHERE,
} satisfies OptionTable<PrometheusModuleAsyncOptions>;

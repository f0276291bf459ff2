import type { DynamicModule, INestApplication, NestInterceptor, Type } from '@nestjs/common';
import type { PrometheusModuleOptions } from '../../lib/options/prometheus-options.js';
import { DECORATED } from './decorated.controllers.js';
import { HelloController, hundredRoutes } from './hello.controller.js';
import { naiveInterceptor, NoopInterceptor } from './interceptors.js';
import { expressPromBundle, fastifyMetrics, promster } from './peers.js';

export type Platform = 'express' | 'fastify';

/** The library's entry point: that of this build, or another version's to compare with. */
export type Library = typeof import('../../lib/index.js');

/** What stands around the handlers of an application that is measured. */
export interface Contestant {
  readonly modules?: readonly DynamicModule[];
  readonly controllers?: readonly Type<object>[];
  readonly interceptors?: readonly NestInterceptor[];
  /** Changes the application before its routes are registered. */
  readonly prepare?: (app: INestApplication) => unknown;
}

/** @param options of the library, beside those that make the contestant what it is */
type MakeContestant = (library: Library, options?: PrometheusModuleOptions) => Contestant;

function withLibrary(library: Library, options?: PrometheusModuleOptions): Contestant {
  return { modules: [library.PrometheusModule.forRoot(options)] };
}

/** An application with the library and one decorated handler. */
const withDecorated =
  (kind: keyof typeof DECORATED) =>
  (library: Library, options?: PrometheusModuleOptions): Contestant => ({
    ...withLibrary(library, options),
    controllers: [DECORATED[kind](library)],
  });

/** Makes a contestant in the process that serves it. */
export const CONTESTANTS = {
  bare: () => ({}),
  library: withLibrary,
  'library-global': (library, options) =>
    withLibrary(library, { ...options, interceptor: 'global' }),
  'library-route': (library, options) => withLibrary(library, { ...options, groupBy: 'route' }),
  'library-endpoint': (library, options) =>
    withLibrary(library, { ...options, groupBy: 'endpoint' }),
  naive: () => ({ interceptors: [naiveInterceptor()] }),
  noop: () => ({ controllers: [DECORATED.noop()] }),
  'noop-global': () => ({ interceptors: [new NoopInterceptor()] }),
  'library-noop-global': (library, options) => ({
    ...withLibrary(library, options),
    interceptors: [new NoopInterceptor()],
  }),
  'library-noop': withDecorated('noop'),
  'library-counter': withDecorated('counter'),
  'library-gauge': withDecorated('gauge'),
  'library-histogram': withDecorated('histogram'),
  'library-summary': withDecorated('summary'),
  'library-quantiles': withDecorated('quantiles'),
  'library-status-labels': withDecorated('status-labels'),
  'library-do-not-track': withDecorated('do-not-track'),
  'bare-100': () => ({ controllers: hundredRoutes() }),
  'library-100': (library, options) => ({
    ...withLibrary(library, options),
    controllers: hundredRoutes(),
  }),
  'express-prom-bundle': () => ({ prepare: expressPromBundle }),
  promster: () => ({ prepare: promster }),
  'fastify-metrics': () => ({ prepare: fastifyMetrics }),
} satisfies Record<string, MakeContestant>;

export type ContestantName = keyof typeof CONTESTANTS;

export function contestantOf(
  name: string,
  library: Library,
  options?: PrometheusModuleOptions,
): Contestant {
  const make = (CONTESTANTS as Record<string, MakeContestant>)[name];
  if (make === undefined) throw new Error(`There is no contestant "${name}"`);
  return { controllers: [HelloController], ...make(library, options) };
}

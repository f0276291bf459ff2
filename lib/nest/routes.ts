import { RequestMethod } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { NestApplication } from './application.js';
import type { DiscoveredClass, Module } from './discovery.js';
import { MODULE_PATH, PATH } from './metadata.js';

/**
 * Moves a module to the front, so that its routes are registered before all others: on Express the
 * first route that matches wins, and a catch-all route of the application must not hide the
 * endpoint. Nest has no way to say so; it can go when routes or modules have a priority.
 *
 * @param type the class of the module
 */
export function placeFirst(modules: ModulesContainer, type: unknown): Module | undefined {
  const entries = [...modules];
  const first = entries.find(([, { metatype }]) => metatype === type);
  if (first === undefined) return undefined;
  modules.clear();
  for (const [key, module] of new Set([first, ...entries])) modules.set(key, module);
  return first[1];
}

/**
 * Keeps the routes of one module outside the application's global prefix.
 *
 * Nest exempts paths alone, and all routes of a path that is exempt. Where the application has a
 * controller of the same path, which is to stay behind the prefix, ours is exempt while Nest
 * registers the controllers of the module, and no longer. Middleware for all routes is bound to each
 * exempt path as well. It can go when a module or a controller can be exempt.
 */
export class PrefixExemption {
  #isRegistering = false;
  #isTaken = false;
  readonly #route: ExemptRoute;

  constructor(
    private readonly config: ApplicationConfig,
    private readonly path: string,
  ) {
    const pattern = new RegExp(`^${path.replace(/[.$]/g, '\\$&')}/?$`);
    // Nest calls it, or `test()`, which does.
    const exec = (given: string): RegExpExecArray | null =>
      this.#isRegistering || !this.#isTaken ? pattern.exec(given) : null;
    const pathRegex = Object.assign(new RegExp(pattern), { exec });
    this.#route = { path, requestMethod: RequestMethod.ALL, pathRegex };
  }

  /**
   * To be called when the module is made, as middleware takes the list that is there when the
   * application is set up.
   */
  apply(): void {
    const options = this.config.getGlobalPrefixOptions();
    const exclude = options.exclude ?? [];
    // The list itself, as that is what Nest's middleware has taken.
    if (!exclude.includes(this.#route)) exclude.push(this.#route);
    this.config.setGlobalPrefixOptions({ ...options, exclude });
  }

  /** To be called when the application is set up, as `setGlobalPrefix()` may have replaced the list. */
  renew(): void {
    if (this.config.getGlobalPrefix() !== '') return this.apply();
    // Before Nest 12, middleware for all routes would be called for the exempt path a second time.
    const { exclude = [] } = this.config.getGlobalPrefixOptions();
    const index = exclude.indexOf(this.#route);
    if (index !== -1) exclude.splice(index, 1);
  }

  /**
   * Exempts the routes of a module. To be called before routes and middleware are registered.
   *
   * @param declared the paths of the application's own routes
   */
  watch({ controllers }: Module, declared: ReadonlySet<string>): void {
    this.#isTaken = declared.has(this.path);
    const forEach: typeof controllers.forEach = (callback, thisArg) => {
      this.#isRegistering = true;
      try {
        Map.prototype.forEach.call(controllers, callback as () => void, thisArg);
      } finally {
        this.#isRegistering = false;
      }
    };
    Object.defineProperty(controllers, 'forEach', { value: forEach, configurable: true });
  }
}

/**
 * The paths of an application's routes, without prefix and version.
 *
 * @param host the library's module, whose routes are left out
 */
export function declaredPaths(
  { classes, modules }: NestApplication,
  { controllers }: Module,
): ReadonlySet<string> {
  const found = classes.filter(
    ({ kind, module }) => kind === 'controller' && module.controllers !== controllers,
  );
  return new Set(found.flatMap((each) => pathsOfController(each, modules.applicationId)));
}

function pathsOfController(
  { type, module, methods }: DiscoveredClass,
  applicationId: string,
): string[] {
  const { metatype } = module;
  const modulePath: unknown =
    Reflect.getMetadata(MODULE_PATH + applicationId, metatype) ??
    Reflect.getMetadata(MODULE_PATH, metatype);
  const prototype = type.prototype as Record<string, object>;
  const ofMethods = methods.flatMap((name) => pathsOf(prototype[name] ?? {}));
  return pathsOf(type).flatMap((ofClass) =>
    ofMethods.map((ofMethod) => joined(modulePath, ofClass, ofMethod)),
  );
}

function pathsOf(target: object): unknown[] {
  return [Reflect.getMetadata(PATH, target) as unknown].flat();
}

function joined(...parts: readonly unknown[]): string {
  const segments = parts.flatMap((part) => (typeof part === 'string' ? part.split('/') : []));
  return `/${segments.filter((segment) => segment !== '').join('/')}`;
}

type ExemptRoute = NonNullable<
  ReturnType<ApplicationConfig['getGlobalPrefixOptions']>['exclude']
>[number];

/** The route template of the endpoint under the application's global prefix. */
export function prefixed(config: ApplicationConfig, path: string): string {
  const prefix = config.getGlobalPrefix().replace(/^\/|\/$/g, '');
  return prefix === '' ? path : `/${prefix}${path}`;
}

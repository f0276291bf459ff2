/** The library's own routes in an application: the exposition, wherever it is served, and pages. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CanActivate } from '@nestjs/common';
import { PrometheusConfigError } from '../core/errors.js';
import type { CloseTime } from '../core/close-time.js';
import type { Part } from '../core/part.js';
import { pathOf } from '../core/request-target.js';
import { clearTimeout, setTimeout } from '../core/timers.js';
import type { NestApplication } from '../nest/application.js';
import { latePathsOf, type LatePaths } from '../nest/late-paths.js';
import { MiddlewareBindings } from '../nest/middleware-bindings.js';
import { declaredPaths, placeFirst, PrefixExemption, prefixed } from '../nest/routes.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import { resolveGuards } from './guard-resolver.js';
import { OpenRequests } from './open-requests.js';
import { BRAND } from '../core/brands.js';

/** Answers a request on Node's own objects, completely. Does not reject. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * A route of the library's own: it answers `GET` and `HEAD` on one path, behind the middleware of
 * that path, the guards of the whole application, and its own ones. It is in no metric.
 */
export interface OwnRoute {
  /** As requests have it: neither a global prefix nor versioning moves it. */
  readonly path: string;
  /** `undefined`: those of the module. */
  readonly guards: readonly CanActivate[] | undefined;
  readonly respond: Respond;
}

type OwnRoutesOptions = Pick<ResolvedOptions, 'path' | 'useGlobalPrefix' | 'guards'>;

const ROUTE = Symbol.for(`${BRAND}route`);

/** A request that was for a route which was added. */
interface ClaimedRequest extends IncomingMessage {
  [ROUTE]?: OwnRoute;
}

/**
 * The own routes of one application: the module's, which Nest has registered, and those that were
 * added, at any time, which are served by the same controller. So the whole of Nest (guards,
 * metadata of a `controller` of the application's own) is the same for all of them.
 *
 * Where the module has no path, its route has one that nobody can guess, and answers 404 to whoever
 * does.
 */
export class OwnRoutes implements Part {
  /** Path of the module's route, before a global prefix. */
  readonly routePath: string;
  /** Requests that are under way. */
  readonly open = new OpenRequests();
  /** The module's own guards; nothing is served before they are known. */
  guards: readonly CanActivate[] | undefined;
  #routeTemplate: string;
  readonly #isPublic: boolean;
  readonly #added = new Map<string, OwnRoute>();
  #latePaths: LatePaths | undefined;
  #middleware: MiddlewareBindings | undefined;
  #declared: ReadonlySet<string> = new Set();
  #cutTimer: NodeJS.Timeout | undefined;
  #isStarted = false;
  readonly #exemption: PrefixExemption | undefined;

  /** @param respond answers scrapes */
  constructor(
    private readonly application: NestApplication,
    private readonly options: OwnRoutesOptions,
    private readonly respond: Respond,
  ) {
    const { path } = options;
    this.#isPublic = path !== undefined;
    this.routePath = path ?? `/.nestjs-prometheus-exporter-${randomUUID()}`;
    this.#routeTemplate = this.routePath;
    if (!this.#isMoved) {
      this.#exemption = new PrefixExemption(application.config, this.routePath);
      this.#exemption.apply();
    }
  }

  /** Path of the module's route as the framework knows it, once it is installed. */
  get routeTemplate(): string {
    return this.#routeTemplate;
  }

  /** @throws PrometheusConfigError for a guard of the options that cannot be had */
  async install(): Promise<void> {
    const { httpAdapter, modules, hostModule, moduleRef } = this.application;
    if (httpAdapter !== undefined) {
      const host = placeFirst(modules, hostModule);
      this.#routeTemplate = this.placed(this.routePath);
      this.#exemption?.renew();
      if (host !== undefined) {
        // Without a prefix, nothing is beside it.
        const hasPrefix = this.application.config.getGlobalPrefix() !== '';
        if (hasPrefix) this.#declared = declaredPaths(this.application, host);
        this.#exemption?.watch(host, this.#declared);
      }
      this.#middleware = new MiddlewareBindings(httpAdapter, this.application.config, (path) =>
        this.owns(path),
      );
      this.#latePaths = latePathsOf(httpAdapter, {
        template: () => this.#routeTemplate,
        claim: (request) => this.#claim(request),
      });
      this.#latePaths.install?.();
    }
    this.guards = await resolveGuards(this.options.guards, moduleRef);
  }

  start(): void {
    this.#isStarted = true;
    this.#latePaths?.start?.();
    if (this.#isPublic) this.#cover(this.#routeTemplate);
    for (const path of this.#added.keys()) this.#open(path);
  }

  /** Guards and scrapers that take too long delay no close: their connections are cut. */
  closing(time: CloseTime): void {
    this.#cutTimer ??= setTimeout(() => this.open.cut(), time.left);
  }

  stop(): void {
    this.#isStarted = false;
    clearTimeout(this.#cutTimer);
    this.#cutTimer = undefined;
    this.#latePaths?.stop?.();
  }

  /** Where a path beside the module's own is: with `useGlobalPrefix`, under the prefix. */
  placed(path: string): string {
    return this.#isMoved ? prefixed(this.application.config, path) : path;
  }

  get #isMoved(): boolean {
    return this.options.useGlobalPrefix && this.#isPublic;
  }

  /**
   * Adds a route, before or while the application listens.
   *
   * @throws PrometheusConfigError for a path that is served already
   */
  add(route: OwnRoute): void {
    if (route.path === this.#routeTemplate || this.#added.has(route.path)) {
      throw PrometheusConfigError.option('path', 'a path that is not served already', route.path);
    }
    this.#added.set(route.path, route);
    if (this.#isStarted) this.#open(route.path);
  }

  /** Adds a path of the exposition. */
  addEndpoint(path: string, guards: readonly CanActivate[] | undefined): void {
    this.add({ path, guards, respond: this.respond });
  }

  /**
   * The route of a request that has come to the controller; `undefined`: it is none that is served.
   */
  routeOf(request: IncomingMessage): OwnRoute | undefined {
    const added = (request as ClaimedRequest)[ROUTE];
    if (added !== undefined) return added;
    if (!this.#isPublic) return undefined;
    return { path: this.#routeTemplate, guards: undefined, respond: this.respond };
  }

  /** Whether `GET` and `HEAD` of a path are for one of the routes, whoever answers them. */
  owns(path: string): boolean {
    return path === this.#routeTemplate || this.#added.has(path);
  }

  #open(path: string): void {
    this.#cover(path);
    this.#latePaths?.open?.();
  }

  /** Middleware that is bound behind the prefix covers the path as well. */
  #cover(path: string): void {
    const isDeclared = (declared: string): boolean => this.#declared.has(declared);
    this.#middleware?.cover(path, isDeclared, (register) =>
      this.#latePaths?.addMiddleware?.(register),
    );
  }

  #claim(request: ClaimedRequest): boolean {
    if (this.#added.size === 0) return false;
    const { method, url } = request;
    if (url === undefined || (method !== 'GET' && method !== 'HEAD')) return false;
    const route = this.#added.get(pathOf(url));
    if (route === undefined) return false;
    request[ROUTE] = route;
    return true;
  }
}

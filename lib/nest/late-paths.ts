/**
 * How requests for paths that are added at any time, also while the application listens, get to one
 * route that Nest has registered: after all middleware of their own path, before any other route.
 */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { brand } from '../core/brands.js';
import { PATH } from './metadata.js';

/** Metadata of the handler that serves the paths. Nest copies it to the function it registers. */
export const SERVES_LATE_PATHS = brand('serves-late-paths');

/** What has to be known to lead requests on. */
export interface LatePathsTarget {
  /** The template of the route that serves the paths. */
  readonly template: () => string;
  /** Notes that a request is one for an added path; `false`: it is none. */
  readonly claim: (request: IncomingMessage) => boolean;
}

/** Leads requests for added paths to their route. */
export interface LatePaths {
  /** Before routes are registered. */
  install?(): void;
  /** When all routes are registered. */
  start?(): void;
  /** Registers middleware of one of the paths, in front of its route; when there are routes. */
  addMiddleware?(register: () => void): void;
  /** There is a path now; called again for further ones. */
  open?(): void;
  stop?(): void;
}

export function latePathsOf(adapter: HttpServer, target: LatePathsTarget): LatePaths {
  switch (adapter.getType()) {
    case 'express':
      return new ExpressLatePaths(adapter.getInstance() as ExpressLike, target);
    case 'fastify':
      return new FastifyLatePaths(adapter.getInstance() as FastifyLike, target);
    default:
      return new RewrittenLatePaths(adapter.getHttpServer() as EventEmitter, target);
  }
}

type Middleware = (request: IncomingMessage, response: unknown, next: () => void) => void;

interface Layer {
  readonly route?: { readonly stack?: readonly { readonly handle?: object }[] };
}

interface ExpressRouter {
  stack: Layer[];
}

interface ExpressLike {
  use(middleware: Middleware): unknown;
  /** Express 5. */
  readonly router: ExpressRouter;
  /** Express 4, where `router` throws. */
  readonly ['_router']?: ExpressRouter;
}

/**
 * Express takes middleware at any time, but puts it behind all that is there. So it is moved in
 * front of the first route of Nest, which comes after all middleware. It can go when Express can
 * put a layer in front of another one.
 */
class ExpressLatePaths implements LatePaths {
  /** Leads requests on. Behind it, they have another path. */
  #lead: Layer | undefined;

  constructor(
    private readonly app: ExpressLike,
    private readonly target: LatePathsTarget,
  ) {}

  open(): void {
    if (this.#lead !== undefined) return;
    [this.#lead] = this.#addInFront(() =>
      this.app.use((request, _response, next) => {
        lead(request, this.target);
        next();
      }),
    );
  }

  addMiddleware(register: () => void): void {
    this.#addInFront(register);
  }

  #addInFront(register: () => void): Layer[] {
    const router = this.app['_router'] ?? this.app.router;
    const { length } = router.stack;
    register();
    const layers = [...router.stack];
    const added = layers.splice(length);
    const first = layers.findIndex((layer) => layer === this.#lead || isNestRoute(layer));
    layers.splice(first === -1 ? layers.length : first, 0, ...added);
    // A new list: requests that are under way go on with the former one.
    router.stack = layers;
    return added;
  }
}

function isNestRoute({ route }: Layer): boolean {
  const handle = route?.stack?.[0]?.handle;
  return handle !== undefined && Reflect.hasMetadata(PATH, handle);
}

interface FastifyRoute {
  readonly url: string;
  readonly method: string | string[];
  readonly handler: object;
  readonly config?: object;
}

interface FastifyLike {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): unknown;
  addConstraintStrategy(strategy: object): void;
  hasRoute(route: { url: string; method: string }): boolean;
  route(route: object): unknown;
}

/** Name of a constraint of Fastify's router, which has to be an identifier. */
const CONSTRAINT = 'nestjsPrometheusExporterPath';

/**
 * Fastify takes no route once it listens, and chooses the route before any middleware runs. So there
 * is one route for whatever path that only requests for added paths match, and they match no other.
 *
 * @see https://fastify.dev/docs/latest/Reference/Routes/#constraints
 */
class FastifyLatePaths implements LatePaths {
  #served: FastifyRoute | undefined;
  #isStarted = false;

  constructor(
    private readonly fastify: FastifyLike,
    private readonly target: LatePathsTarget,
  ) {}

  install(): void {
    const { fastify, target } = this;
    fastify.addConstraintStrategy({
      name: CONSTRAINT,
      mustMatchWhenDerived: true,
      storage: () => new Map<string, unknown>(),
      deriveConstraint: (request: IncomingMessage) => (target.claim(request) ? 'added' : undefined),
    });
    fastify.addHook('onRoute', (route) => {
      if (Reflect.hasMetadata(SERVES_LATE_PATHS, route.handler)) this.#served ??= { ...route };
    });
  }

  addMiddleware(register: () => void): void {
    register();
  }

  start(): void {
    if (this.#served === undefined || this.#isStarted) return;
    this.#isStarted = true;
    const { url, handler, config } = this.#served;
    const constraints = { [CONSTRAINT]: 'added' };
    const methods = ['GET', 'HEAD'];
    this.fastify.route({ method: methods, url: '*', handler, config, constraints });
    // With `exposeHeadRoutes: false`, the route of `GET` does not serve `HEAD`.
    if (this.fastify.hasRoute({ method: 'HEAD', url })) return;
    this.fastify.route({ method: 'HEAD', url, handler, config });
  }
}

/** Any other framework: the framework is told another path, which its middleware sees as well. */
class RewrittenLatePaths implements LatePaths {
  #isOpen = false;

  constructor(
    private readonly server: EventEmitter,
    private readonly target: LatePathsTarget,
  ) {}

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.server.prependListener('request', this.#onRequest);
  }

  stop(): void {
    this.server.removeListener('request', this.#onRequest);
    this.#isOpen = false;
  }

  readonly #onRequest = (request: IncomingMessage): void => lead(request, this.target);
}

function lead(request: IncomingMessage, { claim, template }: LatePathsTarget): void {
  const { url } = request;
  if (url === undefined || !claim(request)) return;
  const query = url.indexOf('?');
  request.url = template() + (query === -1 ? '' : url.slice(query));
}

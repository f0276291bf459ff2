import { VersioningType, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { BRAND } from '../core/brands.js';
import type { DiscoveredClass } from './discovery.js';
import { FASTIFY_ROUTE_CONFIG, HOST, PATH } from './metadata.js';

/** Metadata by which the function that Nest registers for a handler tells the handler. */
const HANDLER_METADATA = 'nestjs-prometheus-exporter:handler';

/** The same in the configuration of a Fastify route, where Nest may register another function. */
const HANDLER_CONFIG = Symbol.for(`${BRAND}handler`);

/** A controller class and one of its handlers. */
export interface ControllerHandler {
  readonly controller: Function;
  readonly handler: Function;
}

/**
 * Tells which controller and handler a route belongs to, from the route alone: a guard in front of
 * all others, which is the only place where Nest tells it before anything decides, costs 4 to 6 %
 * of an application's throughput.
 *
 * Nest copies the metadata of a handler to the function that it registers, so each handler is
 * marked with itself beforehand. That is not enough for a handler that several controllers inherit,
 * which is one function, and for routes that pass requests on.
 */
export class HandlerIndex {
  readonly #controllers = new Map<Function, Function>();
  /** Handlers that belong to several controllers. */
  readonly #shared = new Set<Function>();
  /**
   * Whether a route may match and still pass the request on, to another route or to none: those of
   * controllers that are bound to a host, and all with versions that are not part of the path.
   */
  readonly isPassing: boolean;

  /**
   * Has to be made before the routes are registered.
   *
   * @param isFastify whether they are to be routes of Fastify
   */
  constructor(classes: readonly DiscoveredClass[], config: ApplicationConfig, isFastify: boolean) {
    const mark = isFastify ? markConfig : markHandler;
    const versioning = config.getVersioning();
    let isPassing = versioning !== undefined && versioning.type !== VersioningType.URI;
    for (const { type, kind, instance, methods } of classes) {
      if (kind !== 'controller') continue;
      isPassing ||= Reflect.getMetadata(HOST, type) !== undefined;
      for (const name of methods) {
        const handler = (instance as Record<string, unknown> | undefined)?.[name];
        if (typeof handler !== 'function' || !isRouted(handler)) continue;
        const other = this.#controllers.get(handler);
        if (other !== undefined && other !== type) this.#shared.add(handler);
        this.#controllers.set(handler, type);
        mark(handler);
      }
    }
    this.isPassing = isPassing;
  }

  /** Whether the route does not always tell. */
  get isAmbiguous(): boolean {
    return this.#shared.size > 0 || this.isPassing;
  }

  /** The controller of a marked handler; `undefined` where it belongs to several. */
  find(handler: Function | undefined): ControllerHandler | undefined {
    if (handler === undefined || this.#shared.has(handler)) return undefined;
    const controller = this.#controllers.get(handler);
    return controller === undefined ? undefined : { controller, handler };
  }
}

/**
 * Whether Nest registered a function for a handler, whose metadata it then has. Middleware and the
 * answers to what matched nothing, which are routes of Express as well, carry none.
 */
export function isRouted(registered: object): boolean {
  return Reflect.hasMetadata(PATH, registered);
}

/** The handler for which Nest registered this function. */
export function handlerOf(registered: object): Function | undefined {
  return Reflect.getMetadata(HANDLER_METADATA, registered) as Function | undefined;
}

/** The handler for which Nest registered the Fastify route with this configuration. */
export function handlerOfConfig(config: object): Function | undefined {
  return (config as { [HANDLER_CONFIG]?: Function })[HANDLER_CONFIG];
}

function markHandler(handler: Function): void {
  Reflect.defineMetadata(HANDLER_METADATA, handler, handler);
}

function markConfig(handler: Function): void {
  const given = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG, handler) as object | undefined;
  const config = { ...given, [HANDLER_CONFIG]: handler };
  Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG, config, handler);
}

/**
 * Tells controller and handler of a request before any other guard decides, so that they are known
 * for rejected requests, too. Put first among the global guards where something needs them and
 * `HandlerIndex` cannot tell.
 */
export class HandlerNotingGuard implements CanActivate {
  /** @param note given the framework's response, if the call has one */
  constructor(
    private readonly note: (response: unknown, controller: Function, handler: Function) => void,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() === 'http') {
      this.note(context.switchToHttp().getResponse(), context.getClass(), context.getHandler());
    }
    return true;
  }
}

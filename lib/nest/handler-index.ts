import { VersioningType } from '@nestjs/common';
import { MetadataScanner, type ApplicationConfig, type ModulesContainer } from '@nestjs/core';
import { BRAND } from '../core/brands.js';

/** Metadata by which the function that Nest registers for a handler tells the handler. */
const HANDLER_METADATA = 'nestjs-prometheus-exporter:handler';

/** The same in the configuration of a Fastify route, where Nest may register another function. */
const HANDLER_CONFIG = Symbol.for(`${BRAND}handler`);

/** Keys of Nest, which does not export them: path, host, and what `@RouteConfig()` gives. */
const PATH_METADATA = 'path';
const HOST_METADATA = 'host';
const FASTIFY_ROUTE_CONFIG_METADATA = '__fastify_route_config__';

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
  /** Whether a handler belongs to several controllers. */
  readonly isShared: boolean;
  /**
   * Whether a route may match and still pass the request on, to another route or to none: those of
   * controllers that are bound to a host, and all with versions that are not part of the path.
   */
  readonly isPassing: boolean;

  /** Has to be made before the routes are registered. */
  constructor(modules: ModulesContainer, config: ApplicationConfig) {
    const scanner = new MetadataScanner();
    let isShared = false;
    const versioning = config.getVersioning();
    let isPassing = versioning !== undefined && versioning.type !== VersioningType.URI;
    for (const { controllers } of modules.values()) {
      for (const { metatype, instance } of controllers.values()) {
        if (typeof metatype !== 'function') continue;
        isPassing ||= Reflect.getMetadata(HOST_METADATA, metatype) !== undefined;
        for (const name of scanner.getAllMethodNames(metatype.prototype as object)) {
          const handler = (instance as Record<string, unknown> | undefined)?.[name];
          if (typeof handler !== 'function' || !Reflect.hasMetadata(PATH_METADATA, handler)) {
            continue;
          }
          const other = this.#controllers.get(handler);
          isShared ||= other !== undefined && other !== metatype;
          this.#controllers.set(handler, metatype);
          mark(handler);
        }
      }
    }
    this.isShared = isShared;
    this.isPassing = isPassing;
  }

  /** Whether the route does not always tell. */
  get isAmbiguous(): boolean {
    return this.isShared || this.isPassing;
  }

  /** The controller of a marked handler. */
  find(handler: Function | undefined): ControllerHandler | undefined {
    if (handler === undefined) return undefined;
    const controller = this.#controllers.get(handler);
    return controller === undefined ? undefined : { controller, handler };
  }
}

/** The handler for which Nest registered this function. */
export function handlerOf(registered: object): Function | undefined {
  return Reflect.getMetadata(HANDLER_METADATA, registered) as Function | undefined;
}

/** The handler for which Nest registered the Fastify route with this configuration. */
export function handlerOfConfig(config: object): Function | undefined {
  return (config as { [HANDLER_CONFIG]?: Function })[HANDLER_CONFIG];
}

function mark(handler: Function): void {
  Reflect.defineMetadata(HANDLER_METADATA, handler, handler);
  const given = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as object | undefined;
  const config = { ...given, [HANDLER_CONFIG]: handler };
  Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG_METADATA, config, handler);
}

import { randomUUID } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { CanActivate } from '@nestjs/common';
import type { Part } from '../core/part.js';
import { pathOf } from '../core/request-target.js';
import { exemptFromPrefix, placeFirst, prefixed } from '../nest/routes.js';
import type { NestApplication } from '../nest/application.js';
import { path as checkedPath } from '../options/checks.js';
import { optionPlace } from '../options/place.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import { resolveGuards } from './guard-resolver.js';
import { PrometheusConfigError } from '../core/errors.js';
import { BRAND } from '../core/brands.js';

const ENDPOINT = Symbol.for(`${BRAND}endpoint`);

/** A path under which the exposition is served beside the module's own, and its guards. */
export interface AddedEndpoint {
  /** @default the module's own */
  readonly guards: readonly CanActivate[] | undefined;
}

type EndpointsOptions = Pick<ResolvedOptions, 'path' | 'useGlobalPrefix' | 'guards'>;

interface AddressedRequest {
  [ENDPOINT]?: AddedEndpoint;
}

/**
 * The paths of the exposition: the one that the module registers as a route, and those added later.
 *
 * No framework takes routes once it listens, so a request to an added path is sent to the module's
 * route before the framework sees it. Where the module has no path, that route has one that nobody
 * can guess, and answers 404 to whoever does.
 */
export class MetricsEndpoints implements Part {
  /** Path of the route, before a global prefix. */
  readonly routePath: string;
  /** Whether requests to the route itself are served. */
  readonly isPublic: boolean;
  /** The module's own guards; nothing is served before they are known. */
  guards: readonly CanActivate[] | undefined;
  #routeTemplate: string;
  readonly #added = new Map<string, AddedEndpoint>();
  #server: EventEmitter | undefined;
  #isListening = false;

  constructor(
    private readonly application: NestApplication,
    private readonly options: EndpointsOptions,
  ) {
    const { path } = options;
    this.isPublic = path !== undefined;
    this.routePath = path ?? `/.nestjs-prometheus-exporter-${randomUUID()}`;
    this.#routeTemplate = this.routePath;
  }

  /** Path of the route as the framework knows it. */
  get routeTemplate(): string {
    return this.#routeTemplate;
  }

  /** @throws PrometheusConfigError for a guard of the options that cannot be had */
  async install(): Promise<void> {
    const { httpAdapter, config, modules, hostModule, moduleRef } = this.application;
    if (httpAdapter !== undefined) {
      placeFirst(modules, hostModule);
      if (this.options.useGlobalPrefix && this.isPublic) {
        this.#routeTemplate = prefixed(config, this.routePath);
      } else {
        exemptFromPrefix(config, this.routePath);
      }
      this.#server = httpAdapter.getHttpServer() as EventEmitter;
    }
    this.guards = await resolveGuards(this.options.guards, moduleRef);
  }

  start(): void {
    if (this.#added.size > 0) this.#listen();
  }

  /** @throws PrometheusConfigError for a path that is none, or is served already */
  add(path: string, endpoint: AddedEndpoint): void {
    const added = checkedPath(path, optionPlace('path'));
    if (added === this.#routeTemplate || this.#added.has(added)) {
      throw PrometheusConfigError.option('path', 'a path that is not served already', path);
    }
    this.#added.set(added, endpoint);
    this.#listen();
  }

  /** The added endpoint that a request was sent to; `undefined` for the module's own. */
  addressed(request: IncomingMessage): AddedEndpoint | undefined {
    return (request as AddressedRequest)[ENDPOINT];
  }

  stop(): void {
    this.#server?.removeListener('request', this.#onRequest);
    this.#isListening = false;
  }

  #listen(): void {
    if (this.#server === undefined || this.#isListening) return;
    this.#isListening = true;
    this.#server.prependListener('request', this.#onRequest);
  }

  readonly #onRequest = (request: IncomingMessage & AddressedRequest): void => {
    const { url, method } = request;
    if (url === undefined || (method !== 'GET' && method !== 'HEAD')) return;
    const path = pathOf(url);
    const endpoint = this.#added.get(path);
    if (endpoint === undefined) return;
    request[ENDPOINT] = endpoint;
    const query = url.indexOf('?');
    request.url = this.#routeTemplate + (query === -1 ? '' : url.slice(query));
  };
}

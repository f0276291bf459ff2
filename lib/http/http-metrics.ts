import type { EventEmitter } from 'node:events';
import {
  HttpException,
  type ArgumentsHost,
  type ExecutionContext,
  type HttpServer,
} from '@nestjs/common';
import type { CallPlans } from '../calls/call-plans.js';
import { PrometheusConfigError } from '../core/errors.js';
import { SERVES_LATE_PATHS } from '../nest/late-paths.js';
import type { Part } from '../core/part.js';
import type { NestApplication } from '../nest/application.js';
import { observeExceptions } from '../nest/filters.js';
import { HandlerIndex, HandlerNotingGuard, type ControllerHandler } from '../nest/handler-index.js';
import { onMiddlewareReached } from '../nest/middleware-reached.js';
import { onHandlerReached } from '../nest/handler-reached.js';
import { httpRequestOf, httpResponseOf } from '../nest/raw.js';
import type { DefaultMetricsOptions } from '../options/default-metrics-options.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import { readsRequest } from './group-resolver.js';
import { DefaultMetrics, registerInfo } from './default-metrics.js';
import { Exchange } from './exchange.js';
import { ExpressPlatform } from './express-platform.js';
import { FastifyPlatform, type FastifyLike } from './fastify-platform.js';
import { GenericPlatform, type HttpPlatform, type PlatformListener } from './platform.js';
import { RequestTracker } from './request-tracker.js';

export interface HttpMetricsParts {
  readonly options: ResolvedOptions;
  readonly registry: OwnMetrics;
  readonly exporter: ExporterMetrics;
  readonly application: NestApplication;
  /** The library's own routes, whose requests are not counted. */
  readonly endpoint: { owns(path: string): boolean };
  /** Tells which handlers are left out of the default metrics. */
  readonly calls: Pick<CallPlans, 'hasOptOuts' | 'optOuts' | 'exemplars'>;
  /** Told of a request that could not be recorded. */
  readonly onError: (error: unknown) => void;
}

/** Measures the HTTP requests of one application. */
export class HttpMetrics implements Part {
  readonly tracker: RequestTracker;
  readonly #exported = new Set<string>();
  readonly #pending: DefaultMetricsOptions[] = [];
  #platform: HttpPlatform | undefined;
  #handlers: HandlerIndex | undefined;
  /** The handlers of the library's own routes. A controller of the application may have more. */
  #ownHandlers: ReadonlySet<unknown> = new Set();
  #isFollowing = false;
  #notesHandlers = false;
  /** Whether code of the application is given the framework's request when it is over. */
  #readsRequests: boolean;
  #stopCapturing: (() => void) | undefined;

  constructor(private readonly parts: HttpMetricsParts) {
    const { options, application } = parts;
    this.tracker = new RequestTracker(parts.onError);
    this.#readsRequests = Object.values(options.defaultLabels).some(
      (value) => typeof value === 'function',
    );
    application.onHttpAdapter((httpAdapter) => this.#meet(httpAdapter));
    if (options.exportDefaults) this.exportDefaults(options.defaultMetrics);
  }

  /**
   * Records the default metrics from now on. Before the application is initialized they are
   * remembered, and registered with it.
   *
   * @throws PrometheusConfigError when metrics with this prefix are exported already, or clash with
   *   others; nothing is registered then
   */
  exportDefaults(metrics: DefaultMetricsOptions): void {
    if (this.#exported.has(metrics.prefix)) {
      throw PrometheusConfigError.option(
        'prefix',
        'a prefix under which the default metrics are not exported yet',
        metrics.prefix.replace(/_$/, ''),
      );
    }
    const isLate = this.#handlers !== undefined && !this.#notesHandlers;
    if (metrics.groupBy === 'endpoint' && isLate && this.#handlers?.isAmbiguous === true) {
      throw PrometheusConfigError.option(
        'groupBy',
        "another value than 'endpoint' once the application is initialized, because its routes do not tell their handlers: controllers share one, are bound to hosts, or have versions outside the path",
        metrics.groupBy,
      );
    }
    const { registry } = this.parts;
    registry.together(() => {
      registerInfo(registry, metrics.prefix);
      if (this.#handlers === undefined) this.#pending.push(metrics);
      else this.#record(this.#platform as HttpPlatform, metrics);
    });
    this.#exported.add(metrics.prefix);
    this.#readsRequests ||= readsRequest(metrics.groupBy);
    if (this.#readsRequests) this.#platform?.adoptAll?.();
  }

  /** Starts measuring. Has to be called before the routes are registered. */
  install(): void {
    const { application, calls } = this.parts;
    const { exemplars } = calls;
    const { httpAdapter, config, classes, hostModule } = application;
    if (httpAdapter === undefined) return;
    this.#handlers = new HandlerIndex(classes, config, httpAdapter.getType() === 'fastify');
    this.#ownHandlers = new Set(
      classes
        .filter(({ module }) => module.metatype === hostModule)
        .flatMap(({ type, methods }) => methods.map((name) => type.prototype[name] as Function))
        .filter((method) => Reflect.hasMetadata(SERVES_LATE_PATHS, method)),
    );
    const { isAmbiguous, isPassing } = this.#handlers;
    const isGroupedBy = (group: string): boolean =>
      this.#pending.some(({ groupBy }) => groupBy === group);
    this.#notesHandlers =
      ((calls.hasOptOuts || isGroupedBy('endpoint')) && isAmbiguous) ||
      (isGroupedBy('route') && isPassing);
    const platform = this.#meet(httpAdapter);
    platform.install?.(this.#notesHandlers && isPassing);
    for (const metrics of this.#pending.splice(0)) this.#record(platform, metrics);
    observeExceptions(application, noteException);
    if (exemplars !== undefined) {
      // The span of a handler may have begun in a middleware, after the request arrived.
      const note = (response: unknown): void => Exchange.of(response)?.noteExemplar(exemplars());
      config.getGlobalGuards().unshift(new HandlerNotingGuard(note));
    }
    if (this.tracker.capturesContext) {
      config.getGlobalGuards().unshift(new HandlerNotingGuard(passContext));
      onMiddlewareReached(httpAdapter, passContext);
    }
    if (this.#notesHandlers) config.getGlobalGuards().unshift(new HandlerNotingGuard(noteHandler));
    this.start();
  }

  start(): void {
    const { httpAdapter } = this.parts.application;
    if (httpAdapter === undefined) return;
    this.#isFollowing = true;
    this.tracker.attach(httpAdapter.getHttpServer() as EventEmitter);
    this.#platform?.start?.();
    if (this.tracker.capturesContext) this.#capture(httpAdapter);
  }

  stop(): void {
    this.#isFollowing = false;
    this.tracker.detach();
    this.#platform?.stop?.();
    this.#stopCapturing?.();
    this.#stopCapturing = undefined;
  }

  /**
   * The exchange of the request that a handler is called for; `undefined` where the call is none of
   * HTTP, although Nest says so.
   */
  exchangeOf(context: ExecutionContext): Exchange | undefined {
    const http = context.switchToHttp();
    const request = httpRequestOf(http.getRequest());
    const response = httpResponseOf(http.getResponse());
    if (request === undefined || response === undefined) return undefined;
    // A server that is not the application's own (a test's, a serverless platform's) shows here.
    return this.tracker.begin(request, response);
  }

  /** The controller and handler that a request is for, if it matched one. */
  readonly locate = (exchange: Exchange): ControllerHandler | undefined =>
    exchange.reached ?? this.#handlers?.find(this.#platform?.routeOf(exchange)?.handler);

  /** Whether a request is one to a route of the library's own, which is in no metric. */
  isEndpoint(exchange: Exchange): boolean {
    const found = this.#handlers?.find(this.#platform?.routeOf(exchange)?.handler);
    return found !== undefined && this.#ownHandlers.has(found.handler);
  }

  /** Whether method and path of a request tell that it is left out. */
  readonly #isLeftOutEarly = (exchange: Exchange): boolean => {
    const { options, endpoint, calls } = this.parts;
    const { method, path } = exchange;
    if (options.excludedPaths?.(path) === true) return true;
    if ((method === 'GET' || method === 'HEAD') && endpoint.owns(path)) return true;
    return calls.hasOptOuts && this.#platform?.isFor?.(exchange, this.#isOptedOut) === true;
  };

  readonly #isLeftOut = (exchange: Exchange): boolean => {
    if (this.isEndpoint(exchange)) return true;
    if (!this.parts.calls.hasOptOuts) return false;
    const found = this.locate(exchange);
    return found !== undefined && this.#isLeftOutHandler(found);
  };

  /** Of a handler that belongs to one controller. */
  readonly #isOptedOut = (handler: Function): boolean => {
    const found = this.#handlers?.find(handler);
    return found !== undefined && this.#isLeftOutHandler(found);
  };

  #isLeftOutHandler({ controller, handler }: ControllerHandler): boolean {
    return this.parts.calls.optOuts.of(controller, handler) !== 'none';
  }

  /** What the platform has to know from the moment on at which it is there. */
  #meet(httpAdapter: HttpServer): HttpPlatform {
    if (this.#platform !== undefined) return this.#platform;
    this.#platform = platformOf(httpAdapter, {
      begin: (request, response) =>
        this.#isFollowing ? this.tracker.begin(request, response) : Exchange.of(response),
      routed: (exchange) => {
        if (!this.parts.calls.hasOptOuts) return;
        const handler = this.#platform?.routeOf(exchange)?.handler;
        if (handler !== undefined && this.#isOptedOut(handler)) this.tracker.leaveOut(exchange);
      },
      threw: (response, exception) => {
        if (!(exception instanceof HttpException)) Exchange.of(response)?.noteThrown();
      },
    });
    if (this.#readsRequests) this.#platform.adoptAll?.();
    return this.#platform;
  }

  /** Label functions are to see what the application keeps in the async context of a request. */
  #capture(httpAdapter: HttpServer): void {
    this.#stopCapturing ??= onHandlerReached(httpAdapter, (response) =>
      Exchange.of(response)?.captureContext(),
    );
  }

  #record(platform: HttpPlatform, metrics: DefaultMetricsOptions): void {
    const { registry, exporter, options, calls, application } = this.parts;
    const { defaultLabels, maxSeries, nativeHistograms } = options;
    const parts = {
      registry,
      exporter,
      platform,
      defaultLabels,
      maxSeries,
      locate: this.locate,
      isLeftOutEarly: this.#isLeftOutEarly,
      isLeftOut: this.#isLeftOut,
      hasOptOuts: calls.hasOptOuts,
      nativeHistograms,
      exemplars: calls.exemplars,
    };
    const recorder = new DefaultMetrics(parts, metrics);
    this.tracker.addRecorder(recorder);
    if (!recorder.hasLabelFunctions) return;
    this.tracker.capturesContext = true;
    if (this.#isFollowing && application.httpAdapter !== undefined) {
      this.#capture(application.httpAdapter);
    }
  }
}

function noteException(exception: unknown, host: ArgumentsHost): void {
  if (host.getType() !== 'http' || exception instanceof HttpException) return;
  Exchange.of(host.switchToHttp().getResponse())?.noteThrown();
}

function passContext(response: unknown): void {
  Exchange.of(response)?.passContext();
}

function noteHandler(response: unknown, controller: Function, handler: Function): void {
  Exchange.of(response)?.reach(controller, handler);
}

function platformOf(httpAdapter: HttpServer, listener: PlatformListener): HttpPlatform {
  switch (httpAdapter.getType()) {
    case 'express':
      return new ExpressPlatform(httpAdapter, listener);
    case 'fastify':
      return new FastifyPlatform(httpAdapter.getInstance() as FastifyLike, listener);
    default:
      return new GenericPlatform();
  }
}

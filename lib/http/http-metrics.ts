import type { EventEmitter } from 'node:events';
import {
  HttpException,
  type ArgumentsHost,
  type ExecutionContext,
  type HttpServer,
} from '@nestjs/common';
import type { CallPlans } from '../calls/call-plans.js';
import { PrometheusConfigError } from '../core/errors.js';
import type { Part } from '../core/part.js';
import type { NestApplication } from '../nest/application.js';
import { observeExceptions } from '../nest/filters.js';
import { HandlerIndex, HandlerNotingGuard, type ControllerHandler } from '../nest/handler-index.js';
import { httpRequestOf, httpResponseOf } from '../nest/raw.js';
import type { DefaultMetricsOptions } from '../options/default-metrics-options.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import { DefaultMetrics, registerInfo } from './default-metrics.js';
import { Exchange } from './exchange.js';
import { ExpressPlatform } from './express-platform.js';
import { FastifyPlatform, type FastifyLike } from './fastify-platform.js';
import { GenericPlatform, type HttpPlatform } from './platform.js';
import { RequestTracker } from './request-tracker.js';

export interface HttpMetricsParts {
  readonly options: ResolvedOptions;
  readonly registry: OwnMetrics;
  readonly exporter: ExporterMetrics;
  readonly application: NestApplication;
  /** The library's own routes, whose requests are not counted. */
  readonly endpoint: { readonly routeTemplate: string; owns(path: string): boolean };
  /** Tells which handlers are left out of the default metrics. */
  readonly calls: Pick<CallPlans, 'hasOptOuts' | 'optOuts'>;
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
  #notesHandlers = false;

  constructor(private readonly parts: HttpMetricsParts) {
    const { options } = parts;
    this.tracker = new RequestTracker(parts.onError);
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
    const isLate = this.#platform !== undefined && !this.#notesHandlers;
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
      if (this.#platform === undefined) this.#pending.push(metrics);
      else this.#record(this.#platform, metrics);
    });
    this.#exported.add(metrics.prefix);
  }

  /** Starts measuring. Has to be called before the routes are registered. */
  install(): void {
    const { application, calls } = this.parts;
    const { httpAdapter, config, classes } = application;
    if (httpAdapter === undefined) return;
    this.#handlers = new HandlerIndex(classes, config);
    const { isAmbiguous, isPassing } = this.#handlers;
    const isGroupedBy = (group: string): boolean =>
      this.#pending.some(({ groupBy }) => groupBy === group);
    this.#notesHandlers =
      ((calls.hasOptOuts || isGroupedBy('endpoint')) && isAmbiguous) ||
      (isGroupedBy('route') && isPassing);
    this.#platform = platformOf(httpAdapter, this.#notesHandlers && isPassing);
    for (const metrics of this.#pending.splice(0)) this.#record(this.#platform, metrics);
    this.tracker.attach(httpAdapter.getHttpServer() as EventEmitter);
    this.#platform.install?.((request, response) => this.tracker.begin(request, response));
    observeExceptions(application, noteException);
    if (this.#notesHandlers) config.getGlobalGuards().unshift(new HandlerNotingGuard(noteHandler));
  }

  start(): void {
    const server = this.parts.application.httpAdapter?.getHttpServer() as EventEmitter | undefined;
    if (server !== undefined) this.tracker.attach(server);
  }

  stop(): void {
    this.tracker.detach();
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
    return (
      isScrape(exchange) &&
      this.#platform?.routeOf(exchange)?.template === this.parts.endpoint.routeTemplate
    );
  }

  /** Whether method and path of a request tell that it is left out. */
  readonly #isLeftOutEarly = (exchange: Exchange): boolean =>
    this.parts.options.excludedPaths?.(exchange.path) === true ||
    (isScrape(exchange) && this.parts.endpoint.owns(exchange.path));

  readonly #isLeftOut = (exchange: Exchange): boolean =>
    this.#isOptedOut(exchange) || this.isEndpoint(exchange);

  #isOptedOut(exchange: Exchange): boolean {
    const { hasOptOuts, optOuts } = this.parts.calls;
    if (!hasOptOuts) return false;
    const found = this.locate(exchange);
    return found !== undefined && optOuts.of(found.controller, found.handler) !== 'none';
  }

  #record(platform: HttpPlatform, metrics: DefaultMetricsOptions): void {
    const { registry, exporter, options, calls } = this.parts;
    const { defaultLabels, maxSeries } = options;
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
    };
    this.tracker.addRecorder(new DefaultMetrics(parts, metrics));
  }
}

function isScrape({ method }: Exchange): boolean {
  return method === 'GET' || method === 'HEAD';
}

function noteException(exception: unknown, host: ArgumentsHost): void {
  if (host.getType() !== 'http' || exception instanceof HttpException) return;
  Exchange.of(host.switchToHttp().getResponse())?.noteThrown();
}

function noteHandler(response: unknown, controller: Function, handler: Function): void {
  Exchange.of(response)?.reach(controller, handler);
}

function platformOf(httpAdapter: HttpServer, areHandlersNoted: boolean): HttpPlatform {
  switch (httpAdapter.getType()) {
    case 'express':
      return new ExpressPlatform(areHandlersNoted);
    case 'fastify':
      return new FastifyPlatform(httpAdapter.getInstance() as FastifyLike);
    default:
      return new GenericPlatform();
  }
}

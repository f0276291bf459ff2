import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionContext, HttpServer } from '@nestjs/common';
import type { CallPlans } from '../calls/call-plans.js';
import type { Part } from '../core/part.js';
import type { NestApplication } from '../nest/application.js';
import { GaugeMetric } from '../metrics/gauge.js';
import type { DefaultMetricsOptions } from '../options/default-metrics-options.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import { PrometheusConfigError } from '../core/errors.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import { VERSION } from '../core/version.js';
import { DefaultMetrics } from './default-metrics.js';
import type { Exchange } from './exchange.js';
import { observeExceptions } from './exception-observer.js';
import { ExpressPlatform } from './express-platform.js';
import { FastifyPlatform, type FastifyLike } from './fastify-platform.js';
import { GenericPlatform } from './generic-platform.js';
import { HandlerIndex, type ControllerHandler } from '../nest/handler-index.js';
import { HandlerNotingGuard } from './handler-noting.guard.js';
import type { HttpPlatform } from './platform.js';
import { RequestTracker } from './request-tracker.js';

export interface HttpMetricsParts {
  readonly options: ResolvedOptions;
  readonly registry: OwnMetrics;
  readonly exporter: ExporterMetrics;
  readonly application: NestApplication;
  /** The metrics endpoint, whose requests are not counted. */
  readonly endpoint: { readonly routeTemplate: string };
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
      registry
        .use(
          new GaugeMetric({
            name: `${metrics.prefix}exporter_info`,
            help: 'The library that exports these metrics.',
            labelNames: ['version'],
            multiprocessMode: 'max',
            isInfo: true,
          }),
        )
        .labels([VERSION])
        .set(1);
      if (this.#platform === undefined) this.#pending.push(metrics);
      else this.#record(this.#platform, metrics);
    });
    this.#exported.add(metrics.prefix);
  }

  /** Starts measuring. Has to be called before the routes are registered. */
  install(): void {
    const { application, calls } = this.parts;
    const { httpAdapter, config, modules } = application;
    if (httpAdapter === undefined) return;
    this.#handlers = new HandlerIndex(modules, config);
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
    observeExceptions(config, modules, httpAdapter);
    if (this.#notesHandlers) config.getGlobalGuards().unshift(new HandlerNotingGuard());
  }

  start(): void {
    const server = this.parts.application.httpAdapter?.getHttpServer() as EventEmitter | undefined;
    if (server !== undefined) this.tracker.attach(server);
  }

  stop(): void {
    this.tracker.detach();
  }

  /** The exchange of the request that a handler is called for. */
  exchangeOf(context: ExecutionContext): Exchange {
    const http = context.switchToHttp();
    const request = http.getRequest<IncomingMessage | { raw: IncomingMessage }>();
    const response = http.getResponse<ServerResponse | { raw: ServerResponse }>();
    // A server that is not the application's own (a test's, a serverless platform's) shows here.
    return this.tracker.begin(
      'raw' in request ? request.raw : request,
      'raw' in response ? response.raw : response,
    );
  }

  /** The controller and handler that a request is for, if it matched one. */
  readonly locate = (exchange: Exchange): ControllerHandler | undefined => {
    const { controller, handler } = exchange;
    if (controller !== undefined && handler !== undefined) return { controller, handler };
    return this.#handlers?.find(this.#platform?.routeOf(exchange)?.handler);
  };

  /** Whether a request is one to the metrics endpoint, which is in no metric. */
  isEndpoint(exchange: Exchange): boolean {
    const { method } = exchange;
    return (
      (method === 'GET' || method === 'HEAD') &&
      this.#platform?.routeOf(exchange)?.template === this.parts.endpoint.routeTemplate
    );
  }

  #optOutTest(): ((exchange: Exchange) => boolean) | undefined {
    const { hasOptOuts, optOuts } = this.parts.calls;
    if (!hasOptOuts) return undefined;
    return (exchange) => {
      const found = this.locate(exchange);
      return found !== undefined && optOuts.of(found.controller, found.handler) !== 'none';
    };
  }

  #record(platform: HttpPlatform, metrics: DefaultMetricsOptions): void {
    const { registry, exporter, options } = this.parts;
    const { defaultLabels, maxSeries, excludedPaths } = options;
    const parts = {
      registry,
      exporter,
      platform,
      defaultLabels,
      maxSeries,
      isExcluded: excludedPaths,
      isEndpoint: (exchange: Exchange) => this.isEndpoint(exchange),
      isOptedOut: this.#optOutTest(),
      locate: this.locate,
    };
    const { record, recordThrownLate } = new DefaultMetrics(parts, metrics);
    this.tracker.addRecorder(record, recordThrownLate);
  }
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

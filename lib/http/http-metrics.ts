import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionContext, HttpServer } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { GaugeMetric } from '../metrics/gauge.js';
import type { DefaultMetricsOptions, ResolvedOptions } from '../options/resolved-options.js';
import { PrometheusConfigError } from '../prometheus.messages.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';
import type { MetricRegistry } from '../registry/metric-registry.js';
import { VERSION } from '../version.js';
import { DefaultMetrics } from './default-metrics.js';
import type { Exchange } from './exchange.js';
import { observeExceptions } from './exception-observer.js';
import { ExpressPlatform } from './express-platform.js';
import { FastifyPlatform, type FastifyLike } from './fastify-platform.js';
import { GenericPlatform } from './generic-platform.js';
import { HandlerNotingGuard } from './handler-noting.guard.js';
import type { HttpPlatform } from './platform.js';
import { RequestTracker } from './request-tracker.js';

/** What the metrics have to know of the application. */
export interface HttpApplication {
  /** Route template of the metrics endpoint, whose requests are not counted. */
  readonly endpointTemplate: string;
  /** Tells the handlers that are left out of the default metrics, if there can be any. */
  readonly isOptedOut?: ((controller: Function, handler: Function) => boolean) | undefined;
}

/** Measures the HTTP requests of one application. */
export class HttpMetrics {
  readonly tracker: RequestTracker;
  readonly #exported = new Set<string>();
  readonly #pending: DefaultMetricsOptions[] = [];
  #platform: HttpPlatform | undefined;
  #application: HttpApplication | undefined;
  #notesHandlers = false;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly registry: MetricRegistry,
    private readonly exporter: ExporterMetrics,
    onError: (error: unknown) => void,
  ) {
    this.tracker = new RequestTracker(onError);
    if (options.exportDefaults) this.exportDefaults(options.defaultMetrics);
  }

  /**
   * Records the default metrics from now on. Before the application is initialized they are
   * remembered, and registered with it.
   *
   * @throws PrometheusConfigError when metrics with this prefix are exported already
   */
  exportDefaults(metrics: DefaultMetricsOptions): void {
    if (this.#exported.has(metrics.prefix)) {
      throw PrometheusConfigError.option(
        'prefix',
        'a prefix under which the default metrics are not exported yet',
        metrics.prefix,
      );
    }
    if (metrics.groupBy === 'endpoint' && this.#platform !== undefined && !this.#notesHandlers) {
      throw PrometheusConfigError.option(
        'groupBy',
        "another value than 'endpoint' once the application is initialized, unless the module's own `groupBy` is 'endpoint'",
        metrics.groupBy,
      );
    }
    this.#exported.add(metrics.prefix);
    this.registry
      .use(
        new GaugeMetric({
          name: `${metrics.prefix}exporter_info`,
          help: 'The library that exports these metrics.',
          labelNames: ['version'],
          multiprocessMode: 'max',
        }),
      )
      .labels([VERSION])
      .set(1);
    if (this.#platform === undefined) this.#pending.push(metrics);
    else this.#record(this.#platform, metrics);
  }

  /** Starts measuring. Has to be called before the routes are registered. */
  install(
    httpAdapter: HttpServer,
    config: ApplicationConfig,
    modules: ModulesContainer,
    application: HttpApplication,
  ): void {
    this.#application = application;
    this.#platform = platformOf(httpAdapter);
    this.#notesHandlers =
      application.isOptedOut !== undefined ||
      this.options.defaultMetrics.groupBy === 'endpoint' ||
      this.#pending.some(({ groupBy }) => groupBy === 'endpoint');
    for (const metrics of this.#pending.splice(0)) this.#record(this.#platform, metrics);
    this.tracker.attach(httpAdapter.getHttpServer() as EventEmitter);
    this.#platform.install?.((request, response) => this.tracker.begin(request, response));
    observeExceptions(config, modules, httpAdapter);
    if (this.#notesHandlers) config.getGlobalGuards().unshift(new HandlerNotingGuard());
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

  /** Whether a request is one to the metrics endpoint, which is in no metric. */
  isEndpoint(exchange: Exchange): boolean {
    const { method } = exchange;
    return (
      (method === 'GET' || method === 'HEAD') &&
      this.#application !== undefined &&
      this.#platform?.routeOf(exchange)?.template === this.#application.endpointTemplate
    );
  }

  #record(platform: HttpPlatform, metrics: DefaultMetricsOptions): void {
    const { defaultLabels, maxSeries, isExcluded } = this.options;
    const { registry, exporter } = this;
    const parts = {
      registry,
      exporter,
      platform,
      defaultLabels,
      maxSeries,
      isExcluded,
      isEndpoint: (exchange: Exchange) => this.isEndpoint(exchange),
      isOptedOut: optOutTest(this.#application?.isOptedOut),
    };
    this.tracker.addRecorder(new DefaultMetrics(parts, metrics).record);
  }
}

function optOutTest(
  isOptedOut: HttpApplication['isOptedOut'],
): ((exchange: Exchange) => boolean) | undefined {
  if (isOptedOut === undefined) return undefined;
  return ({ controller, handler }) =>
    controller !== undefined && handler !== undefined && isOptedOut(controller, handler);
}

function platformOf(httpAdapter: HttpServer): HttpPlatform {
  switch (httpAdapter.getType()) {
    case 'express':
      return new ExpressPlatform();
    case 'fastify':
      return new FastifyPlatform(httpAdapter.getInstance() as FastifyLike);
    default:
      return new GenericPlatform();
  }
}

import type { EventEmitter } from 'node:events';
import type { HttpServer } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { GaugeMetric } from '../metrics/gauge.js';
import type { DefaultMetricsOptions, ResolvedOptions } from '../options/resolved-options.js';
import { PrometheusConfigError } from '../prometheus.messages.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';
import type { MetricRegistry } from '../registry/metric-registry.js';
import { VERSION } from '../version.js';
import { DefaultMetrics } from './default-metrics.js';
import { observeExceptions } from './exception-observer.js';
import { ExpressPlatform } from './express-platform.js';
import { FastifyPlatform, type FastifyLike } from './fastify-platform.js';
import { GenericPlatform } from './generic-platform.js';
import { HandlerNotingGuard } from './handler-noting.guard.js';
import type { HttpPlatform } from './platform.js';
import { RequestTracker } from './request-tracker.js';

/** Measures the HTTP requests of one application. */
export class HttpMetrics {
  readonly tracker: RequestTracker;
  readonly #exported = new Set<string>();
  readonly #pending: DefaultMetricsOptions[] = [];
  #platform: HttpPlatform | undefined;
  #endpointTemplate: string | undefined;
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
        }),
      )
      .labels([VERSION])
      .set(1);
    if (this.#platform === undefined) this.#pending.push(metrics);
    else this.#record(this.#platform, metrics);
  }

  /**
   * Starts measuring. Has to be called before the routes are registered.
   *
   * @param endpointTemplate route template of the metrics endpoint, whose requests are not counted
   */
  install(
    httpAdapter: HttpServer,
    config: ApplicationConfig,
    endpointTemplate: string | undefined,
  ): void {
    this.#endpointTemplate = endpointTemplate;
    this.#platform = platformOf(httpAdapter);
    this.#notesHandlers =
      this.options.defaultMetrics.groupBy === 'endpoint' ||
      this.#pending.some(({ groupBy }) => groupBy === 'endpoint');
    for (const metrics of this.#pending.splice(0)) this.#record(this.#platform, metrics);
    this.tracker.attach(httpAdapter.getHttpServer() as EventEmitter);
    this.#platform.install?.((request, response) => this.tracker.begin(request, response));
    observeExceptions(config, httpAdapter);
    if (this.#notesHandlers) config.getGlobalGuards().unshift(new HandlerNotingGuard());
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
      isUntracked: (exchange: Parameters<HttpPlatform['routeOf']>[0]): boolean =>
        this.#endpointTemplate !== undefined &&
        (exchange.method === 'GET' || exchange.method === 'HEAD') &&
        platform.routeOf(exchange)?.template === this.#endpointTemplate,
    };
    this.tracker.addRecorder(new DefaultMetrics(parts, metrics).record);
  }
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

import { Inject, Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PrometheusConfigError } from './core/errors.js';
import { specOf, type MetricDecorator } from './decorators/metric.decorators.js';
import { resolveGuards } from './endpoint/guard-resolver.js';
import type { RunningServer } from './scrape/metrics-server.js';
import { textOf } from './scrape/scrape-body.js';
import { negotiateTextFormat } from './exposition/negotiation.js';
import { GaugeMetric } from './metrics/gauge.js';
import { fixedLabels, HELP, METRIC_NAME, path as checkedPath, required } from './options/checks.js';
import {
  changedDefaultMetrics,
  type DefaultMetricsChanges,
} from './options/default-metrics-options.js';
import { guards, type GuardLike } from './options/guards.js';
import { optionPlace } from './options/place.js';
import type { AnyRegistry } from './options/prometheus-options.js';
import { STARTED_SERVER_OPTIONS, type HttpServerOptions } from './options/server-options.js';
import { resolveTable } from './options/table.js';
import { keptOn } from './core/shared.js';
import { EXPORTER } from './core/tokens.js';
import type { Exporter } from './prometheus.exporter.js';
import { sampleValue, type SampleLabels } from './registry/sample-value.js';

/** What `PrometheusService.info()` gives. */
export interface InfoMetric {
  /** Replaces the value, which is 1 at first. */
  set(value: number): void;
}

/** An exposition and its media type. */
export interface Exposition {
  body: string;
  contentType: string;
}

/**
 * The class `PrometheusService` of each copy of this version that uses the same Nest. Classes are
 * tokens: a controller that was loaded by `require` asks for another one than the module, which was
 * loaded by `import`, has.
 */
export const serviceClasses = keptOn(ModulesContainer, 'services', () => new Set<Type>());

/** The application's metrics, for code: inject it where metrics are added or read. */
@Injectable()
export class PrometheusService {
  constructor(@Inject(EXPORTER) private readonly exporter: Exporter) {}

  /** Where the application's metrics are registered. */
  get registry(): AnyRegistry {
    return this.exporter.metrics.registry;
  }

  /**
   * Shows the metrics of a further prom-client registry beside the module's, also one of another copy
   * or an older version of prom-client. A metric whose name is there already is left out, and counted
   * in `nestjs_exporter_scrape_errors_total`. With option `multiprocess`, they are those of the process
   * that is scraped.
   *
   * @throws PrometheusConfigError for what is no registry
   * @example
   * service.addRegistry(register);
   */
  addRegistry(registry: AnyRegistry): void {
    this.exporter.registries.add(registry);
  }

  /**
   * A gauge of 1 whose labels say something about the application.
   *
   * @throws PrometheusConfigError for an illegal or a taken name, no help text, and illegal labels
   * @example
   * service.info('app_info', 'Application info', { version: '1.0.3' });
   */
  info(
    name: string,
    help: string,
    labels: Readonly<Record<string, string | number>> = {},
  ): InfoMetric {
    const place = optionPlace('info', '');
    const checked = fixedLabels(labels, place.of('labels'));
    const labelNames = Object.keys(checked);
    const gauge = this.exporter.metrics.use(
      new GaugeMetric({
        name: required(METRIC_NAME)(name, place.of('name')),
        help: required(HELP)(help, place.of('help')),
        labelNames,
        maxSeries: this.exporter.options.maxSeries,
        multiprocessMode: 'max',
        survivesReset: true,
      }),
      'info()',
    );
    const series = gauge.labels(Object.values(checked).map(String));
    series.set(1);
    return { set: (value) => series.set(value) };
  }

  /**
   * Adds metrics to every controller handler, but not to the metrics endpoint. Can be called at any
   * time; called after the application is initialized, with `interceptor: 'auto'`, a call lasts
   * until its response is closed and label functions see no `executionContext`, `returnValue` and
   * `error`, because handlers that carry no decorator run without the interceptor.
   *
   * @throws PrometheusConfigError for a metric that cannot be registered
   * @example
   * service.registerDefault(
   *   Counter('by_path', 'Calls by path', { labels: { path: ({ request }) => request.path } }),
   * );
   */
  registerDefault(...decorators: MetricDecorator[]): void {
    this.exporter.userDefaults.register(decorators.map(specOf));
  }

  /**
   * Exports the default HTTP metrics from now on, for `exportDefaults: false` or a second set under
   * another prefix. What is not given is as in the module's options.
   *
   * @throws PrometheusConfigError for invalid options, or metrics that are exported already
   */
  exportDefaults(changes: DefaultMetricsChanges = {}): void {
    const { http, options } = this.exporter;
    http.exportDefaults(
      changedDefaultMetrics(changes, options.defaultMetrics, options.defaultLabels),
    );
  }

  /**
   * Serves the metrics on another path as well, also while the application is listening.
   *
   * @param options.guards guards of this path alone; the module's when left out
   * @returns a promise when guards have to be resolved; until then the path is not served
   * @throws PrometheusConfigError for an invalid path or guard
   * @example
   * service.registerEndpoint('/internal/metrics');
   */
  registerEndpoint(
    path: string,
    options: { guards?: readonly GuardLike[] } = {},
  ): void | Promise<void> {
    const place = optionPlace('registerEndpoint', '');
    const checked = checkedPath(path, place.of('path'));
    const { guards: own } = resolveTable({ guards }, options, place);
    if (own === undefined) return this.exporter.routes.addEndpoint(checked, undefined);
    return resolveGuards(own, this.exporter.application.moduleRef).then((resolved) =>
      this.exporter.routes.addEndpoint(checked, resolved),
    );
  }

  /**
   * Starts a server of the metrics alone, on a port of its own. It is closed with the application,
   * and never keeps the process alive.
   *
   * @param port 0 for any free one
   * @returns the port, and a way to close the server earlier
   * @throws PrometheusConfigError for invalid options, and when the port is in use
   * @example
   * const { port } = await service.startHttpServer(9464, { host: '127.0.0.1' });
   */
  async startHttpServer(port: number, options: HttpServerOptions = {}): Promise<RunningServer> {
    const place = optionPlace('startHttpServer');
    return this.exporter.servers.open(
      resolveTable(STARTED_SERVER_OPTIONS, { ...options, port }, place),
    );
  }

  /**
   * Pushes the metrics to the Pushgateway of option `pushgateway`, now. They are pushed when the
   * application closes as well.
   *
   * @throws Error when that fails (counted in `nestjs_exporter_push_errors_total`), and without the
   *   option
   * @example
   * await service.push();
   */
  async push(): Promise<void> {
    if (this.exporter.pushgateway === undefined) {
      throw PrometheusConfigError.option(
        'pushgateway',
        'a Pushgateway to push to, for push()',
        undefined,
      );
    }
    await this.exporter.pushgateway.push();
  }

  /**
   * The exposition of everything on the registry.
   *
   * @param options.accept an `Accept` header that chooses between the text formats; that of Prometheus by default
   * @param options.names keeps these samples or families only
   */
  async generateMetrics(options: { accept?: string; names?: string[] } = {}): Promise<Exposition> {
    const { format, contentType } = negotiateTextFormat(options.accept);
    const names = options.names === undefined ? undefined : new Set(options.names);
    this.exporter.metrics.start();
    const body = await this.exporter.scrapes.scrape({ format, names, streamed: true });
    return { body: await textOf(body), contentType };
  }

  /**
   * The value of one sample, for tests; `undefined` when there is none.
   *
   * @param name of the sample, e.g. `nestjs_http_request_duration_seconds_count`
   * @param labels all labels of the sample; `le` and `quantile` may be numbers
   * @example
   * await service.getSampleValue('nestjs_http_request_total', { method: 'GET', status: '200' });
   */
  getSampleValue(name: string, labels: SampleLabels = {}): Promise<number | undefined> {
    this.exporter.metrics.start();
    return sampleValue(this.registry, name, labels);
  }
}

serviceClasses.add(PrometheusService);

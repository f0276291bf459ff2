import { Injectable } from '@nestjs/common';
import type { PrometheusModuleOptions, PrometheusOptionsFactory } from 'nestjs-prometheus-exporter';

/** Options of the metrics that are known at run time only. */
@Injectable()
export class MetricsSettings implements PrometheusOptionsFactory {
  createPrometheusOptions(): PrometheusModuleOptions {
    return {
      defaultsPrefix: 'articles',
      // Articles are many and routes are few.
      groupBy: 'route',
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
      defaultLabels: { region: process.env['REGION'] ?? 'local' },
    };
  }
}

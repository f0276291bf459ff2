import { Injectable } from '@nestjs/common';
import { Counter, PrometheusService } from 'nestjs-prometheus-exporter';

/** Says in the metrics what is running, and counts the calls of every handler. */
@Injectable()
export class BuildInfo {
  constructor(prometheus: PrometheusService) {
    prometheus.info('shop_info', 'The running version of the shop.', {
      version: '1.4.0',
      node: process.version,
    });
    prometheus.registerDefault(
      Counter('shop_calls', 'Calls of handlers.', {
        labels: { handler: ({ executionContext }) => executionContext?.getHandler().name },
      }),
    );
  }
}

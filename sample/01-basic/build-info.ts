import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PrometheusService } from 'nestjs-prometheus-exporter';

/** Says in the metrics what is running. */
@Injectable()
export class BuildInfo implements OnModuleInit {
  constructor(private readonly prometheus: PrometheusService) {}

  onModuleInit(): void {
    this.prometheus.info('shop_info', 'The running version of the shop.', {
      version: '1.4.0',
      node: process.version,
    });
  }
}

import { Injectable } from '@nestjs/common';
import { InjectMetric } from 'nestjs-prometheus-exporter';
import type { Counter } from 'prom-client';

const KNOWN_ITEMS = ['keyboard', 'mouse'];

/** Records into a metric object of prom-client, which the module makes and injects. */
@Injectable()
export class Warehouse {
  constructor(
    @InjectMetric('shop_items_shipped_total') private readonly shipped: Counter<'item'>,
  ) {}

  ship(items: readonly string[]): void {
    for (const item of items) {
      this.shipped.inc({ item: KNOWN_ITEMS.includes(item) ? item : 'other' });
    }
  }
}

import { Injectable } from '@nestjs/common';
import { InjectMetric } from 'nestjs-prometheus-exporter';
import type { Counter } from 'prom-client';

/** Records into a metric object of prom-client, which the module makes and injects. */
@Injectable()
export class Warehouse {
  /** Looked at when the metrics are scraped. */
  readonly stock = new Map([
    ['keyboard', 12],
    ['mouse', 30],
  ]);

  constructor(
    @InjectMetric('shop_items_shipped_total') private readonly shipped: Counter<'item'>,
  ) {}

  ship(items: readonly string[]): void {
    for (const item of items) {
      const count = this.stock.get(item);
      if (count !== undefined) this.stock.set(item, count - 1);
      // A client may order anything: what is not known becomes one label value.
      this.shipped.inc({ item: count === undefined ? 'other' : item });
    }
  }
}

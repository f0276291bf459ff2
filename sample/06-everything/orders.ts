import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { Counter, Gauge, Histogram } from 'nestjs-prometheus-exporter';

const ITEMS = ['bread', 'cake', 'roll'];

/** What clients order is not bounded: what is not baked here becomes one label value. */
const itemOf = (args: unknown[]): string => {
  const [item] = args;
  return typeof item === 'string' && ITEMS.includes(item) ? item : 'other';
};

/** A service: it serves no request by itself, and whoever calls it, its calls are counted. */
@Injectable()
export class Orders {
  #count = 0;

  constructor(private readonly events: EventEmitter2) {}

  @Counter('bakery_orders', 'Orders by item, and by whether they were taken.', {
    labels: {
      item: ({ args }) => itemOf(args),
      taken: ({ error }) => error === undefined,
    },
  })
  @Histogram('bakery_order_seconds', 'Seconds that it took to take an order.')
  @Gauge('bakery_orders_in_progress', 'Orders that are being taken.')
  async place(item: string): Promise<number> {
    if (!ITEMS.includes(item)) throw new Error(`There is no ${item}`);
    this.#count += 1;
    await this.events.emitAsync('order.placed', item);
    return this.#count;
  }

  get count(): number {
    return this.#count;
  }
}

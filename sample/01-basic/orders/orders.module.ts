import { Module } from '@nestjs/common';
import { PrometheusModule } from 'nestjs-prometheus-exporter';
import { OrdersController } from './orders.controller.js';
import { Warehouse } from './warehouse.js';

@Module({
  imports: [
    PrometheusModule.forFeature([
      {
        type: 'counter',
        name: 'shop_items_shipped_total',
        help: 'Items that left the warehouse.',
        labelNames: ['item'],
      },
      {
        type: 'gauge',
        name: 'shop_stock_items',
        help: 'Items in stock.',
        labelNames: ['item'],
        inject: [Warehouse],
        collect(warehouse: Warehouse): void {
          for (const [item, count] of warehouse.stock) this.set({ item }, count);
        },
      },
    ]),
  ],
  controllers: [OrdersController],
  providers: [Warehouse],
})
export class OrdersModule {}

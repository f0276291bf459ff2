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
    ]),
  ],
  controllers: [OrdersController],
  providers: [Warehouse],
})
export class OrdersModule {}

import { Module } from '@nestjs/common';
import { PrometheusModule } from 'nestjs-prometheus-exporter';
import { AppController } from './app.controller.js';
import { BuildInfo } from './build-info.js';
import { OrdersController } from './orders/orders.controller.js';
import { ProductsController } from './products/products.controller.js';
import { UsersController } from './users/users.controller.js';

@Module({
  imports: [PrometheusModule.forRoot({ excludedPaths: '/favicon' })],
  controllers: [AppController, UsersController, ProductsController, OrdersController],
  providers: [BuildInfo],
})
export class AppModule {}

import { Module } from '@nestjs/common';
import { PrometheusModule } from 'nestjs-prometheus-exporter';
import { AppController } from './app.controller.js';
import { BuildInfo } from './build-info.js';
import { OrdersModule } from './orders/orders.module.js';
import { ProductsController } from './products/products.controller.js';
import { UsersController } from './users/users.controller.js';

@Module({
  imports: [PrometheusModule.forRoot({ excludedPaths: '/favicon' }), OrdersModule],
  controllers: [AppController, UsersController, ProductsController],
  providers: [BuildInfo],
})
export class AppModule {}

import { Module } from '@nestjs/common';
import { PrometheusModule } from 'nestjs-prometheus-exporter';
import { AppController } from './app.controller.js';
import { BuildInfo } from './build-info.js';
import { OrdersController } from './orders/orders.controller.js';
import { UsersController } from './users/users.controller.js';

@Module({
  imports: [PrometheusModule.forRoot({ excludedPaths: '/health' })],
  controllers: [AppController, UsersController, OrdersController],
  providers: [BuildInfo],
})
export class AppModule {}

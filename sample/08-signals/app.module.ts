import { Module } from '@nestjs/common';
import { PrometheusModule } from 'nestjs-prometheus-exporter';
import { ShopController } from './shop.controller.js';
import { Visitors } from './visitors.js';

@Module({
  imports: [PrometheusModule.forRoot({ groupBy: 'route', page: true, outgoing: true })],
  controllers: [ShopController],
  providers: [Visitors],
})
export class AppModule {}

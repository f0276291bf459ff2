import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { GraphQLModule } from '@nestjs/graphql';
import { ScheduleModule } from '@nestjs/schedule';
import { PrometheusModule } from 'nestjs-prometheus-exporter';
import { Letters } from './letters.js';
import { Oven } from './oven.js';
import { OrdersController } from './orders.controller.js';
import { OrdersGateway } from './orders.gateway.js';
import { Orders } from './orders.js';
import { OrdersResolver } from './orders.resolver.js';
import { ParcelsModule } from './parcels.module.js';
import { StockClient } from './stock.client.js';
import { StockController } from './stock.controller.js';

const redis = process.env['REDIS_URL'];

@Module({
  imports: [
    PrometheusModule.forRoot({ groupBy: 'route', page: true }),
    EventEmitterModule.forRoot(),
    ScheduleModule.forRoot(),
    GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true }),
    ...(redis === undefined ? [] : [ParcelsModule.withRedis(redis)]),
  ],
  controllers: [OrdersController, StockController],
  providers: [Orders, OrdersResolver, OrdersGateway, StockClient, Oven, Letters],
})
export class AppModule {}

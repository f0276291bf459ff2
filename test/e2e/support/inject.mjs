/**
 * Asks a Fastify application through `inject()`, which does not work within Jest on Node.js 20, and
 * prints its exposition. Uses the compiled library.
 */
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { PrometheusModule, PrometheusService } from 'nestjs-prometheus-exporter';
import { Registry } from 'prom-client';

class CatsController {
  byId() {
    return 'cat';
  }

  throws() {
    throw new Error('broken');
  }
}
Controller('cats')(CatsController);
decorate('throws', Get('throws'));
decorate('byId', Get(':id'));

/** @param {keyof CatsController} method @param {MethodDecorator} decorator */
function decorate(method, decorator) {
  const { prototype } = CatsController;
  decorator(prototype, method, Object.getOwnPropertyDescriptor(prototype, method));
}

class AppModule {}
Module({
  imports: [
    PrometheusModule.forRoot({
      registry: new Registry(),
      processMetrics: false,
      groupBy: process.argv[2],
    }),
  ],
  controllers: [CatsController],
})(AppModule);

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
await app.init();
for (const url of ['/cats/1', '/cats/1?a=b', '/cats/2', '/cats/throws', '/nowhere', '/metrics']) {
  await app.inject({ method: 'GET', url });
}
await app.inject({
  method: 'POST',
  url: '/cats/1',
  payload: '{',
  headers: { 'content-type': 'application/json' },
});
// An answer is there before its response is closed.
await new Promise((resolve) => setImmediate(resolve));
process.stdout.write((await app.get(PrometheusService).generateMetrics()).body);
await app.close();

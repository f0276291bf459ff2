import 'reflect-metadata';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { PrometheusModule } from '../../lib/index.js';
import { answer } from '../support/worker.js';

/** Starts an application of 200 handlers. Argument: whether it has the library. Needs `--expose-gc`. */
const isMeasured = process.argv[2] === 'library';

/** A new function each time, because Nest keeps a route's metadata on its handler. */
function handler(): () => string {
  return () => 'ok';
}

function controllers(): Type<object>[] {
  return Array.from({ length: 20 }, (_, i) => {
    @Controller(`group${i}`)
    class GroupController {}
    for (let j = 0; j < 10; j++) {
      const value = handler();
      Object.defineProperty(GroupController.prototype, `handler${j}`, { value });
      Get(`route${j}/:id`)(GroupController.prototype, `handler${j}`, { value });
    }
    return GroupController;
  });
}

@Module({
  imports: isMeasured ? [PrometheusModule.forRoot({ processMetrics: false })] : [],
  controllers: controllers(),
})
class AppModule {}

answer({
  start: async () => {
    const collect = globalThis.gc as () => void;
    collect();
    const heapBefore = process.memoryUsage().heapUsed;
    const before = process.cpuUsage();
    const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
    await app.init();
    const { user, system } = process.cpuUsage(before);
    collect();
    const heap = process.memoryUsage().heapUsed - heapBefore;
    await app.close();
    return { milliseconds: (user + system) / 1000, heap };
  },
});

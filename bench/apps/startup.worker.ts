import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
// Nest looks for these when it starts. To load them takes half of the time, and few applications
// have them.
import '@nestjs/microservices/microservices-module.js';
import '@nestjs/websockets/socket-module.js';
import { answer } from '../support/worker.js';
import type { Library } from './contestants.js';

/**
 * Starts an application of 200 handlers. Arguments: whether it has the library, the platform,
 * whether each handler has a metric, and the URL of the library's entry point. Needs `--expose-gc`.
 */
const [library, platform, handlers, libraryUrl] = process.argv.slice(2) as string[];
const { Counter, PrometheusModule } = (await import(libraryUrl as string)) as Library;

/** A new function each time, because Nest keeps a route's metadata on its handler. */
function handler(): () => string {
  return () => 'ok';
}

function controllers(): Type<object>[] {
  return Array.from({ length: 20 }, (_, i) => {
    @Controller(`group${i}`)
    class GroupController {}
    for (let j = 0; j < 10; j++) {
      const descriptor = { value: handler(), writable: true, configurable: true };
      Object.defineProperty(GroupController.prototype, `handler${j}`, descriptor);
      const decorators = [Get(`route${j}/:id`)];
      if (handlers === 'decorated') decorators.push(Counter(`calls_${i}_${j}`, 'Calls'));
      for (const decorate of decorators) {
        decorate(GroupController.prototype, `handler${j}`, descriptor);
      }
    }
    return GroupController;
  });
}

@Module({
  imports: library === 'library' ? [PrometheusModule.forRoot()] : [],
  controllers: controllers(),
})
class AppModule {}

const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();

answer({
  start: async () => {
    const collect = globalThis.gc as () => void;
    collect();
    // What V8 is still optimizing belongs to what was loaded.
    await setTimeout(200);
    const heapBefore = process.memoryUsage().heapUsed;
    const before = process.cpuUsage();
    const app = await NestFactory.create(AppModule, adapter, { logger: false });
    await app.init();
    const { user, system } = process.cpuUsage(before);
    collect();
    const heap = process.memoryUsage().heapUsed - heapBefore;
    await app.close();
    return { milliseconds: (user + system) / 1000, kibibytes: heap / 1024 };
  },
});

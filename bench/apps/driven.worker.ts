import 'reflect-metadata';
import type { Server } from 'node:http';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { drive } from '../support/drive.js';
import { answer } from '../support/worker.js';
import type { Library, Platform } from './contestants.js';
import { HelloController } from './hello.controller.js';

/** Applications of one process, which are driven in turn. Arguments: platform, entries. */
const [platform, ...entries] = process.argv.slice(2) as [Platform, ...string[]];

/** @param entry `bare`, or the URL of the library's entry point */
async function serverOf(entry: string): Promise<Server> {
  const library = entry === 'bare' ? undefined : ((await import(entry)) as Library);
  const options = { registry: new Registry(), processMetrics: false };

  @Module({
    imports: library === undefined ? [] : [library.PrometheusModule.forRoot(options)],
    controllers: [HelloController],
  })
  class AppModule {}

  const app = await NestFactory.create<INestApplication>(
    AppModule,
    platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter(),
    { logger: ['error', 'warn'] },
  );
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer() as Server;
}

const servers: Server[] = [];
for (const entry of entries) servers.push(await serverOf(entry));

answer({
  /** Microseconds of processor time for a request of one of the applications. */
  drive: ([index, requests]: [number, number]) =>
    drive(servers[index] as Server, { paths: ['/hello'], requests, pipelining: 4 }),
});

import 'reflect-metadata';
import type { Server } from 'node:http';
import { Module, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { drive } from '../support/drive.js';
import { answer } from '../support/worker.js';
import { contestantOf, type Library, type Platform } from './contestants.js';

/**
 * Applications of one process, which are driven in turn. Arguments: platform, then for each
 * application its contestant's name and the URL of the library's entry point.
 */
const [platform, ...entries] = process.argv.slice(2) as [Platform, ...string[]];

async function serverOf(name: string, url: string): Promise<Server> {
  const library = (await import(url)) as Library;
  const options = { registry: new Registry(), processMetrics: false };
  const contestant = contestantOf(name, library, options);
  const { modules = [], controllers = [], interceptors = [] } = contestant;

  @Module({ imports: [...modules], controllers: [...controllers] as Type<object>[] })
  class AppModule {}

  const app = await NestFactory.create<INestApplication>(
    AppModule,
    platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter(),
    { logger: ['error', 'warn'] },
  );
  app.useGlobalInterceptors(...interceptors);
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer() as Server;
}

const servers: Server[] = [];
for (let i = 0; i < entries.length; i += 2) {
  servers.push(await serverOf(entries[i] as string, entries[i + 1] as string));
}

answer({
  /** Microseconds of processor time for a request of one of the applications. */
  drive: ([index, requests]: [number, number]) =>
    drive(servers[index] as Server, { paths: ['/hello'], requests, pipelining: 4 }),
});

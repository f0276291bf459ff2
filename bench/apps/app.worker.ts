import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { drive, type DriveRequest } from '../support/drive.js';
import { answer } from '../support/worker.js';
import { contestantOf, type Library, type Platform } from './contestants.js';

/** Serves one contestant. Arguments: platform, name, URL of the library's entry point. */
const [platform, name, libraryUrl] = process.argv.slice(2) as [Platform, string, string];
const library = (await import(libraryUrl)) as Library;
const { modules = [], controllers = [], interceptors = [], prepare } = contestantOf(name, library);

@Module({ imports: [...modules], controllers: [...controllers] as Type<object>[] })
class AppModule {}

const app = await NestFactory.create<INestApplication>(
  AppModule,
  platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter(),
  { logger: ['error', 'warn'] },
);
app.useGlobalInterceptors(...interceptors);
await prepare?.(app);
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as AddressInfo;

let lastUsage = process.cpuUsage();

answer({
  url: () => `http://127.0.0.1:${port}`,
  drive: (request: DriveRequest) => drive(app.getHttpServer() as Server, request),
  /** Bytes in use after a collection. Needs `--expose-gc`. */
  heap: () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  },
  /** Microseconds of processor time that the process took since the last question. */
  cpu: () => {
    const { user, system } = process.cpuUsage(lastUsage);
    lastUsage = process.cpuUsage();
    return user + system;
  },
});

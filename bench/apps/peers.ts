import { createMiddleware } from '@promster/express';
import type { INestApplication } from '@nestjs/common';
import promBundle from 'express-prom-bundle';
import fastifyMetricsPlugin from 'fastify-metrics';
import { Registry } from 'prom-client';

/** With the method, the status and the path as labels, as this library has them. */
export function expressPromBundle(app: INestApplication): void {
  app.use(
    promBundle({ includeMethod: true, includePath: true, promRegistry: new Registry() }) as never,
  );
}

/** With its defaults, which are those labels. */
export function promster(app: INestApplication): void {
  app.use(createMiddleware({ app: app.getHttpAdapter().getInstance() as never }) as never);
}

/** With its defaults, a histogram and a summary, by method, route and status. */
export async function fastifyMetrics(app: INestApplication): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance() as {
    register(plugin: unknown, options: object): PromiseLike<unknown>;
  };
  await fastify.register(fastifyMetricsPlugin, { endpoint: '/metrics' });
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Post } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { DoNotTrack, ExcludeAllMetrics } from '../../lib/index.js';
import { onBothPlatforms, onPlatform, type PlatformApplication } from '../support/harness.js';
import { spelled } from '../support/path-syntax.js';
import { expectRequests } from '../e2e/support/recorded.js';

type Next = () => void;

@Controller('users')
class UsersController {
  @Get(':id')
  find(): string {
    return 'user';
  }

  @Post()
  create(): string {
    return 'created';
  }
}

@Controller()
class HealthController {
  @Get('health')
  @DoNotTrack()
  health(): string {
    return 'up';
  }

  @Get('internal/:name')
  @ExcludeAllMetrics()
  internal(): string {
    return 'internal';
  }
}

const controllers = [UsersController, HealthController];

/** Answers all requests, as a rate limiter does that has had enough. */
function refuse(_request: IncomingMessage, response: ServerResponse, _next: Next): void {
  response.statusCode = 429;
  response.end();
}

const refusing = {
  express: (app: PlatformApplication): unknown => app.use(refuse),
  fastify: (app: PlatformApplication): unknown =>
    (app.getHttpAdapter().getInstance() as FastifyInstance).addHook('onRequest', (_, reply) =>
      reply.code(429).send(),
    ),
};

const PATHS = ['/metrics', '/metrics/', '/health', '/internal/a', '/users/1?a=b', '/nowhere'];

describe('requests that are answered before their route', () => {
  onBothPlatforms('are those to their route, by method and path', async ({ platform, start }) => {
    const app = await start({
      controllers,
      options: { groupBy: 'route' },
      configure: refusing[platform],
    });
    // Fastify does not take a slash more for the same path.
    const paths = PATHS.filter((path) => platform === 'express' || path !== '/metrics/');
    for (const path of paths) expect((await app.get(path)).status).toBe(429);
    for (const path of ['/health', '/users']) await app.post(path, {});
    await expectRequests(app, {
      'GET /users/:id 429': 1,
      'GET unmatched 429': 1,
      'POST /users 429': 1,
      'POST unmatched 429': 1,
    });
  });

  onBothPlatforms('have the handler of their route', async ({ platform, start }) => {
    const app = await start({
      controllers,
      options: { groupBy: 'endpoint' },
      configure: refusing[platform],
    });
    for (const path of ['/metrics', '/health', '/users/1', '/nowhere']) await app.get(path);
    await expectRequests(app, {
      'GET UsersController.find 429': 1,
      'GET unmatched 429': 1,
    });
  });

  onBothPlatforms('by middleware of a module, behind a prefix', async ({ start }) => {
    const app = await start({
      controllers,
      options: { groupBy: 'route' },
      configure: (nest) => nest.setGlobalPrefix('api'),
      middleware: (consumer) => {
        consumer.apply(refuse).forRoutes(spelled('{*path}'));
      },
    });
    for (const path of ['/metrics', '/api/health', '/api/users/1', '/api/nowhere']) {
      expect((await app.get(path)).status).toBe(429);
    }
    await expectRequests(app, { 'GET /api/users/:id 429': 1, 'GET unmatched 429': 1 });
  });

  onBothPlatforms('to opted-out handlers are not in progress', async ({ start }) => {
    const open: ServerResponse[] = [];
    const app = await start({
      controllers,
      middleware: (consumer) => {
        consumer
          .apply((_request: IncomingMessage, response: ServerResponse) => open.push(response))
          .forRoutes(spelled('{*path}'));
      },
    });
    const answers = ['/health', '/internal/a', '/users/1'].map(async (path) => app.get(path));
    await app.eventually(() => expect(open).toHaveLength(3));
    await app.expectSample('nestjs_http_requests_in_progress', {}, 1);
    for (const response of open) response.end();
    await Promise.all(answers);
    await app.expectSample('nestjs_http_requests_in_progress', {}, 0);
  });

  onBothPlatforms('to paths that were added', async ({ platform, start }) => {
    const app = await start({ controllers, configure: refusing[platform] });
    app.service.registerEndpoint('/more');
    for (const path of ['/more', '/users/1']) await app.get(path);
    await expectRequests(app, { 'GET /users/1 429': 1 });
  });

  onPlatform('express', 'malformed bodies are those to their route', async ({ start }) => {
    const app = await start({ controllers, options: { groupBy: 'route' } });
    const body = { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } };
    for (const path of ['/users', '/nowhere']) expect((await app.get(path, body)).status).toBe(400);
    await expectRequests(app, { 'POST /users 400': 1, 'POST unmatched 400': 1 });
  });

  onPlatform('fastify', 'by a hook that was there before Nest', async ({ start }) => {
    const adapter = new FastifyAdapter();
    (adapter.getInstance() as unknown as FastifyInstance).addHook('onRequest', (_, reply) =>
      reply.code(429).send(),
    );
    const app = await start({ controllers, options: { groupBy: 'route' }, adapter });
    for (const path of ['/metrics', '/health', '/users/1', '/nowhere']) await app.get(path);
    await expectRequests(app, { 'GET /users/:id 429': 1, 'GET unmatched 429': 1 });
  });
});

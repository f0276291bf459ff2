import { Controller, Get } from '@nestjs/common';
import { Router, type Express, type Request, type Response } from 'express';
import type { FastifyInstance } from 'fastify';
import { onBothPlatforms, type PlatformApplication } from '../support/harness.js';
import { expectRequests } from '../e2e/support/recorded.js';

@Controller('cats')
class CatsController {
  @Get(':id')
  find(): string {
    return 'cat';
  }
}

const answer = (_request: Request, response: Response): void => void response.send('other');
const replied = async (): Promise<string> => Promise.resolve('other');

/** The same routes beside those of controllers, as each framework has them. */
const mount = {
  express: (app: PlatformApplication): void => {
    const express = app.getHttpAdapter().getInstance() as Express;
    const users = Router();
    users.get('/users/:id', answer);
    const inner = Router();
    inner.get('/:item', answer);
    users.use('/lists/:list', inner);
    express.use('/legacy', users);
    express.use('/graphql', answer);
    express.get('/direct/:id', answer);
  },
  fastify: (app: PlatformApplication): void => {
    const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
    for (const path of ['/legacy/users/:id', '/legacy/lists/:list/:item', '/graphql']) {
      fastify.get(path, replied);
    }
    fastify.get('/direct/:id', replied);
  },
};

const PATHS = ['/legacy/users/1', '/legacy/users/2', '/legacy/lists/a/b', '/graphql', '/direct/1'];

describe('routes of no controller', () => {
  onBothPlatforms('have their template', async ({ platform, start }) => {
    const app = await start({
      controllers: [CatsController],
      options: { groupBy: 'route' },
      configure: mount[platform],
    });
    for (const path of [...PATHS, '/cats/1', '/legacy/nowhere', '/nowhere']) await app.get(path);
    await expectRequests(app, {
      'GET /legacy/users/:id 200': 2,
      'GET /legacy/lists/:list/:item 200': 1,
      'GET /graphql 200': 1,
      'GET /direct/:id 200': 1,
      'GET /cats/:id 200': 1,
      'GET unmatched 404': 2,
    });
  });

  onBothPlatforms('keep their path after many that match nothing', async ({ platform, start }) => {
    const app = await start({ configure: mount[platform] });
    for (let i = 0; i < 120; i++) await app.get(`/scanned/${i}`);
    for (const path of PATHS) await app.get(path);
    const count = 'nestjs_http_request_duration_seconds_count';
    for (const path of PATHS) {
      await app.expectSample(count, { method: 'GET', path, status: '200' }, 1);
    }
    await app.expectSample(count, { method: 'GET', path: '_other', status: '404' }, 20);
  });
});

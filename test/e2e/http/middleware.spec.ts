import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  Post,
  Render,
  RequestMethod,
  type NestMiddleware,
} from '@nestjs/common';
import type { Express } from 'express';
import type { FastifyInstance } from 'fastify';
import { onBothPlatforms, onPlatform } from '../../support/harness.js';
import { spelled } from '../../support/path-syntax.js';
import { expectRequests } from '../support/recorded.js';

type Next = (error?: unknown) => void;

@Controller('cats')
class CatsController {
  @Get()
  all(): string[] {
    return [];
  }

  @Get('page')
  @Render('page')
  page(): object {
    return { name: 'Tom' };
  }

  @Post()
  create(): object {
    return {};
  }
}

function answering(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(418).end('teapot');
}

function passing(_request: IncomingMessage, response: ServerResponse, next: Next): void {
  response.setHeader('x-passed', '1');
  next();
}

function failing(_request: IncomingMessage, _response: ServerResponse, next: Next): void {
  next(new Error('broken'));
}

@Injectable()
class RefusingMiddleware implements NestMiddleware {
  use(): void {
    throw new ForbiddenException();
  }
}

@Injectable()
class ThrowingMiddleware implements NestMiddleware {
  use(): void {
    throw new Error('broken');
  }
}

@Injectable()
class RejectingMiddleware implements NestMiddleware {
  async use(): Promise<void> {
    await Promise.reject(new Error('broken'));
  }
}

describe('middleware bound by a module', () => {
  onBothPlatforms('that answers ends the request once', async ({ start }) => {
    const app = await start({
      controllers: [CatsController],
      middleware: (consumer) =>
        consumer.apply(passing, answering).forRoutes({ path: 'cats', method: RequestMethod.GET }),
    });
    await app.get('/cats');
    await app.post('/cats', {});
    await expectRequests(app, { 'GET /cats 418': 1, 'POST /cats 201': 1 });
  });

  onBothPlatforms('that passes on leaves one request', async ({ start }) => {
    const app = await start({
      controllers: [CatsController],
      middleware: (consumer) => consumer.apply(passing, passing).forRoutes(spelled('{*path}')),
    });
    await app.get('/cats');
    await app.get('/dogs');
    await expectRequests(app, { 'GET /cats 200': 1, 'GET /dogs 404': 1 });
  });

  onBothPlatforms('that throws is one exception, an HttpException is none', async ({ start }) => {
    const app = await start({
      middleware: (consumer) =>
        consumer
          .apply(RefusingMiddleware)
          .forRoutes('refused')
          .apply(ThrowingMiddleware)
          .forRoutes('throws')
          .apply(RejectingMiddleware)
          .forRoutes('rejects')
          .apply(failing)
          .forRoutes('fails'),
    });
    for (const path of ['/refused', '/throws', '/rejects', '/fails']) await app.get(path);
    await expectRequests(
      app,
      {
        'GET /refused 403': 1,
        'GET /throws 500': 1,
        'GET /rejects 500': 1,
        'GET /fails 500': 1,
      },
      { 'GET 500': 3 },
    );
  });

  onBothPlatforms('that ends the request leaves it unmatched', async ({ start }) => {
    const app = await start({
      options: { groupBy: 'route' },
      middleware: (consumer) => consumer.apply(answering).forRoutes(spelled('cats/*path')),
    });
    await app.get('/cats/1');
    await app.get('/cats/2');
    await expectRequests(app, { 'GET unmatched 418': 2 });
  });
});

describe('app.use()', () => {
  onBothPlatforms('that answers, passes on or fails', async ({ start }) => {
    const app = await start({
      controllers: [CatsController],
      configure: (nest) => nest.use(passing).use('/tea', answering).use('/fails', failing),
    });
    for (const path of ['/cats', '/tea', '/fails']) await app.get(path);
    await expectRequests(
      app,
      { 'GET /cats 200': 1, 'GET /tea 418': 1, 'GET /fails 500': 1 },
      { 'GET 500': 1 },
    );
  });

  onBothPlatforms('that rewrites URL and method: the client’s are recorded', async ({ start }) => {
    const app = await start({
      controllers: [CatsController],
      configure: (nest) =>
        nest.use((request: IncomingMessage, _: ServerResponse, next: Next) => {
          request.url = '/cats';
          request.method = 'POST';
          next();
        }),
    });
    await app.request('PUT', '/old?a=1');
    // Fastify has chosen its route before any middleware runs.
    const status = app.platform === 'express' ? 201 : 404;
    await expectRequests(app, { [`PUT /old ${status}`]: 1 });
  });
});

describe('CORS', () => {
  const preflight = {
    headers: { origin: 'http://a.example', 'access-control-request-method': 'POST' },
  };

  onBothPlatforms('a preflight is an OPTIONS request that no route matched', async ({ start }) => {
    const app = await start({
      controllers: [CatsController],
      options: { groupBy: 'route' },
      configure: (nest) => nest.enableCors(),
    });
    expect((await app.request('OPTIONS', '/cats', preflight)).status).toBe(204);
    expect((await app.request('OPTIONS', '/nowhere', preflight)).status).toBe(204);
    await app.get('/cats', { headers: { origin: 'http://a.example' } });
    await expectRequests(app, { 'OPTIONS unmatched 204': 2, 'GET /cats 200': 1 });
  });

  onBothPlatforms('a preflight has its path', async ({ start }) => {
    const app = await start({ configure: (nest) => nest.enableCors() });
    await app.request('OPTIONS', '/cats', preflight);
    await expectRequests(app, { 'OPTIONS /cats 204': 1 });
  });
});

describe('what is mounted beside Nest', () => {
  onPlatform('express', 'static files, and views that are rendered', async (test) => {
    const folder = await mkdtemp(join(tmpdir(), 'static-'));
    test.cleanUp(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'a.txt'), 'static');
    await writeFile(join(folder, 'page.txt'), 'page of ');
    const app = await test.start({
      controllers: [CatsController],
      configure: (nest) => {
        nest.useStaticAssets?.(folder, { prefix: '/static/' });
        nest.setBaseViewsDir?.(folder);
        const express = nest.getHttpAdapter().getInstance() as Express;
        express.set('view engine', 'txt');
        express.engine('txt', (_path, options, done) => {
          done(undefined, `page of ${(options as { name: string }).name}`);
        });
      },
    });
    const file = await app.get('/static/a.txt');
    expect(file.body).toBe('static');
    await app.get('/static/a.txt', {
      headers: { 'if-none-match': file.headers.get('etag') ?? '', 'cache-control': 'max-age=0' },
    });
    await app.get('/static/b.txt');
    await app.request('HEAD', '/static/a.txt');
    expect((await app.get('/cats/page')).body).toBe('page of Tom');
    await expectRequests(app, {
      'GET /static/a.txt 200': 1,
      'GET /static/a.txt 304': 1,
      'GET /static/b.txt 404': 1,
      'HEAD /static/a.txt 200': 1,
      'GET /cats/page 200': 1,
    });
  });

  onPlatform('express', 'a route of Express itself, and one that throws', async ({ start }) => {
    const app = await start({
      configure: (nest) => {
        const express = nest.getHttpAdapter().getInstance() as Express;
        express.get('/own/:id', (_request, response) => void response.send('own'));
        express.get('/throws', () => {
          throw new Error('broken');
        });
      },
    });
    await app.get('/own/1');
    await app.get('/throws');
    await expectRequests(app, { 'GET /own/1 200': 1, 'GET /throws 500': 1 }, { 'GET 500': 1 });
  });

  onPlatform('fastify', 'a route of Fastify itself, and some that throw', async ({ start }) => {
    const app = await start({
      configure: (nest) => {
        const fastify = nest.getHttpAdapter().getInstance() as FastifyInstance;
        fastify.get('/own/:id', async () => Promise.resolve('own'));
        fastify.get('/throws', async () => Promise.reject(new Error('broken')));
        fastify.get('/teapot', async () =>
          Promise.reject(Object.assign(new Error('teapot'), { statusCode: 418 })),
        );
      },
    });
    for (const path of ['/own/1', '/throws']) await app.get(path);
    // 500, as Nest takes a status from errors of Fastify and of http-errors alone; before 12, 418.
    const { status } = await app.get('/teapot');
    await expectRequests(
      app,
      { 'GET /own/1 200': 1, 'GET /throws 500': 1, [`GET /teapot ${status}`]: 1 },
      { 'GET 500': status === 500 ? 2 : 1 },
    );
  });

  onPlatform('fastify', 'a route of a plugin', async ({ start }) => {
    const app = await start({
      configure: async (nest) => {
        await nest.register?.(async (fastify: FastifyInstance) => {
          fastify.get('/own/:id', async () => Promise.resolve('own'));
          await Promise.resolve();
        });
      },
    });
    await app.get('/own/1');
    await expectRequests(app, { 'GET /own/1 200': 1 });
  });
});

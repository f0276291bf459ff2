import type { FastifyInstance } from 'fastify';
import { onPlatform } from '../support/harness.js';
import { expectRequests } from '../e2e/support/recorded.js';

describe('errors of plugins of Fastify', () => {
  onPlatform('fastify', 'that were loaded before Nest set itself up', async ({ start }) => {
    const app = await start({
      configure: async (nest) => {
        await nest.register?.(async (fastify: FastifyInstance) => {
          fastify.get('/plugin', async () => Promise.reject(new Error('broken')));
          fastify.get('/teapot', async () =>
            Promise.reject(Object.assign(new Error('teapot'), { statusCode: 418 })),
          );
          await Promise.resolve();
        });
      },
    });
    for (const path of ['/plugin', '/teapot']) await app.get(path);
    await expectRequests(app, { 'GET /plugin 500': 1, 'GET /teapot 418': 1 }, { 'GET 500': 1 });
  });
});

import { onPlatform } from '../../support/harness.js';

describe('HEAD with `exposeHeadRoutes: false` of Fastify', () => {
  onPlatform('fastify', 'is answered by the endpoint, and not counted', async ({ start }) => {
    const app = await start({ fastify: { exposeHeadRoutes: false } });
    app.service.registerEndpoint('/more');
    for (const path of ['/metrics', '/more']) {
      const response = await app.request('HEAD', path);
      expect(response.status).toBe(200);
      expect(response.body).toBe('');
      expect(response.headers.get('content-type')).toContain('version=0.0.4');
    }
    await app.expectSum('nestjs_http_request_total', {}, 0);
  });

  onPlatform('fastify', 'is refused by the guards of the endpoint', async ({ start }) => {
    const app = await start({
      fastify: { exposeHeadRoutes: false },
      options: { guards: [{ canActivate: () => false }] },
    });
    expect((await app.request('HEAD', '/metrics')).status).toBe(403);
  });
});

import * as fc from 'fast-check';
import fastify from 'fastify';
import { FastifyRoutes } from '../../../lib/http/fastify-routes.js';

const segment = fc.constantFrom('a', 'b', 'ab', 'a.b', ':id', ':id(\\d+)', ':x-:y', ':file.js');
const url = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom('', '/*', '/', '/:last?'))
  .map(([segments, end]) => `/${segments.join('/')}${end}`.replaceAll('//', '/'));
const path = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'A', 'a.b', '1', '7-x', 'z'), {
    maxLength: 4,
  })
  .chain((segments) =>
    fc.constantFrom('', '/').map((end) => `/${segments.join('/')}${end}`.replaceAll('//', '/')),
  );
const matching = fc.record({
  caseSensitive: fc.boolean(),
  ignoreTrailingSlash: fc.boolean(),
});

describe('the route of a method and a path', () => {
  it('is the one that Fastify chooses', async () => {
    const routes = fc.array(url, { minLength: 1, maxLength: 5 });
    const paths = fc.array(path, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(routes, paths, matching, async (urls, asked, routerOptions) => {
        const app = fastify({ routerOptions });
        const known = new FastifyRoutes(routerOptions);
        app.addHook('onRoute', (route) => known.add(route));
        for (const each of urls) {
          try {
            app.get(each, (request, reply) => reply.send(request.routeOptions.url));
          } catch {
            // Fastify refuses a route that it has already, and the application would not start.
            fc.pre(false);
          }
        }
        const address = await app.listen({ port: 0, host: '127.0.0.1' });
        for (const each of asked) {
          const answer = await fetch(address + each);
          const text = await answer.text();
          const chosen = answer.status === 404 ? undefined : text;
          expect([each, known.find('GET', each)?.url]).toEqual([each, chosen]);
        }
        await app.close();
      }),
      { numRuns: 300 },
    );
  });
});

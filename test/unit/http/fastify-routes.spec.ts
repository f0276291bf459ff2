import fastCheck from 'fast-check';
import fastify from 'fastify';
import { FastifyRoutes } from '../../../lib/http/fastify-routes.js';

const segment = fastCheck.constantFrom(
  'a',
  'b',
  'ab',
  'a.b',
  ':id',
  ':id(\\d+)',
  ':x-:y',
  ':file.js',
);
const url = fastCheck
  .tuple(
    fastCheck.array(segment, { maxLength: 3 }),
    fastCheck.constantFrom('', '/*', '/', '/:last?'),
  )
  .map(([segments, end]) => `/${segments.join('/')}${end}`.replaceAll('//', '/'));
const path = fastCheck
  .array(fastCheck.constantFrom('a', 'b', 'ab', 'A', 'a.b', '1', '7-x', 'z'), {
    maxLength: 4,
  })
  .chain((segments) =>
    fastCheck
      .constantFrom('', '/')
      .map((end) => `/${segments.join('/')}${end}`.replaceAll('//', '/')),
  );
const matching = fastCheck.record({
  caseSensitive: fastCheck.boolean(),
  ignoreTrailingSlash: fastCheck.boolean(),
});

describe('the route of a method and a path', () => {
  it('is the one that Fastify chooses', async () => {
    const routes = fastCheck.array(url, { minLength: 1, maxLength: 5 });
    const paths = fastCheck.array(path, { minLength: 1, maxLength: 5 });
    await fastCheck.assert(
      fastCheck.asyncProperty(routes, paths, matching, async (urls, asked, routerOptions) => {
        const app = fastify({ routerOptions });
        const known = new FastifyRoutes(routerOptions);
        app.addHook('onRoute', (route) => known.add(route));
        for (const each of urls) {
          try {
            app.get(each, async (request) => request.routeOptions.url);
          } catch {
            // Fastify refuses a route that it has already, and the application would not start.
            fastCheck.pre(false);
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

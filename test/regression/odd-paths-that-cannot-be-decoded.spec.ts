import { onBothPlatforms } from '../support/harness.js';
import { requestText } from '../support/raw-connection.js';
import { expectRequests } from '../e2e/support/recorded.js';

// Fastify takes a path that it is asked about for a template, and refuses what cannot be one.
onBothPlatforms('paths that neither can be decoded nor be a template', async ({ start }) => {
  const app = await start();
  const expected: Record<string, number> = {};
  for (const target of ['/*/%zz', '/a*b/%zz', '/:a(/%zz', '/(/%zz', '*cats']) {
    const { closed } = await app.raw(requestText('GET', target, { connection: 'close' }));
    const status = /^HTTP\/1.1 (\d+) /.exec(await closed)?.[1];
    expected[`GET ${target} ${status}`] = 1;
  }
  await expectRequests(app, expected);
});

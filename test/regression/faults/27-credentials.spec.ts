import { basicAuthGuard } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import { RawConnection, requestText } from '../../support/raw-connection.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const guard = basicAuthGuard({ username: 'prometheus', password: 'pä:ss:wörd €' });

/** Header and the status that it has to get. */
const CASES: readonly (readonly [string | undefined, number])[] = [
  [undefined, 401],
  ['', 401],
  ['Basic', 401],
  ['Basic !!!', 401],
  [`Basic ${base64('prometheus')}`, 401],
  [`Basic ${base64('prometheus:')}`, 401],
  [`Basic ${base64('prometheus:pä')}`, 401],
  [`Basic ${base64('prometheus:pä:ss:wörd')}`, 401],
  [`Basic ${base64('other:pä:ss:wörd €')}`, 401],
  [`Basic ${base64('prometheus:pä:ss:wörd €')}`, 200],
  [`bAsIc ${base64('prometheus:pä:ss:wörd €')}`, 200],
  [`Basic ${base64('prometheus:pä:ss:wörd €x')}`, 401],
  [`Bearer ${base64('prometheus:pä:ss:wörd €')}`, 401],
  [`Basic ${'A'.repeat(12_000)}`, 401],
  [`Basic ${'QQ=='.repeat(3000)}`, 401],
  ['B\u00e4sic \u00ff\u00fe', 401],
];

// Fault 27: wrong, missing, huge, non-ASCII credentials; a colon in the password.
onBothPlatforms('credentials are told apart exactly', async ({ start }) => {
  const app = await start({ options: { guards: [guard] } });
  const server = await app.service.startHttpServer(0, { host: '127.0.0.1', authorize: guard });
  for (const [authorization, status] of CASES) {
    const headers = authorization === undefined ? {} : { authorization };
    const request = requestText('GET', '/metrics', { ...headers, connection: 'close' });
    for (const response of [
      await (await app.raw(request)).closed,
      await (await RawConnection.open(server.port)).write(request).closed,
    ]) {
      expect([authorization, response.slice(0, 12)]).toEqual([authorization, `HTTP/1.1 ${status}`]);
      expect(
        /\r\nwww-authenticate: Basic realm="metrics", charset="UTF-8"\r\n/i.test(response),
      ).toBe(status === 401);
      expect(response.includes('nestjs_exporter_info')).toBe(status === 200);
    }
  }
});

onBothPlatforms('headers beyond the limit of the server are refused by it', async ({ start }) => {
  const app = await start({ options: { guards: [guard] } });
  const huge = requestText('GET', '/metrics', { authorization: `Basic ${'A'.repeat(1_000_000)}` });
  expect(await (await app.raw(huge)).closed).toMatch(/^(HTTP\/1.1 431|$)/);
  expect((await app.get('/metrics')).status).toBe(401);
});

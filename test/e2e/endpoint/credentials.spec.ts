import { basicAuthGuard, bearerTokenGuard } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import { RawConnection, requestText } from '../../support/raw-connection.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The bytes of a text, as a header has them. */
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

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

const bearer = bearerTokenGuard('töken:1€');

const BEARER_CASES: typeof CASES = [
  [undefined, 401],
  ['Bearer', 401],
  ['Bearer ', 401],
  [`Bearer ${latin1('töken')}`, 401],
  [`Bearer ${latin1('töken:1€')}`, 200],
  [`bEaReR ${latin1('töken:1€')}`, 200],
  [`Bearer ${latin1('töken:1€x')}`, 401],
  [`Bearer ${latin1('töken:1')}`, 401],
  [`Basic ${latin1('töken:1€')}`, 401],
  [`Bearer ${'a'.repeat(12_000)}`, 401],
  ['Bearer \u00ff\u00fe', 401],
];

// Wrong, missing, huge, non-ASCII credentials; a colon in the password.
describe.each([
  ['user and password', guard, CASES, 'Basic realm="metrics", charset="UTF-8"'],
  ['a token', bearer, BEARER_CASES, 'Bearer realm="metrics"'],
] as const)('%s', (_, credentials, cases, challenge) => {
  onBothPlatforms('are told apart exactly', async ({ start }) => {
    const app = await start({ options: { guards: [credentials] } });
    const options = { host: '127.0.0.1', authorize: credentials };
    const server = await app.service.startHttpServer(0, options);
    for (const [authorization, status] of cases) {
      const headers = authorization === undefined ? {} : { authorization };
      const request = requestText('GET', '/metrics', { ...headers, connection: 'close' });
      const ofServer = await RawConnection.open(server.port);
      for (const connection of [await app.raw(''), ofServer]) {
        // Each character is one byte.
        connection.socket.write(request, 'latin1');
        const response = await connection.closed;
        const got = [authorization, response.slice(0, 12)];
        expect(got).toEqual([authorization, `HTTP/1.1 ${status}`]);
        const line = `\r\nwww-authenticate: ${challenge}\r\n`.toLowerCase();
        expect(response.toLowerCase().includes(line)).toBe(status === 401);
        expect(response.includes('nestjs_exporter_info')).toBe(status === 200);
      }
    }
  });
});

onBothPlatforms('headers beyond the limit of the server are refused by it', async ({ start }) => {
  const app = await start({ options: { guards: [guard] } });
  const huge = requestText('GET', '/metrics', { authorization: `Basic ${'A'.repeat(1_000_000)}` });
  expect(await (await app.raw(huge)).closed).toMatch(/^(HTTP\/1.1 431|$)/);
  expect((await app.get('/metrics')).status).toBe(401);
});

import type { IncomingMessage } from 'node:http';
import { basicAuthGuard, bearerTokenGuard } from '../../../lib/endpoint/credential-guards.js';
import { PrometheusConfigError } from '../../../lib/core/errors.js';

/** A request whose header has these bytes, decoded as Node decodes headers. */
function request(authorization: string | undefined): IncomingMessage {
  const headers =
    authorization === undefined
      ? {}
      : { authorization: Buffer.from(authorization).toString('latin1') };
  return { headers } as IncomingMessage;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('basicAuthGuard', () => {
  const guard = basicAuthGuard({ username: 'prometheus', password: 'a:b ü' });
  const right = base64('prometheus:a:b ü');

  it.each([
    `Basic ${right}`,
    `basic ${right}`,
    `BASIC   ${right}  `,
    `Basic ${right.replace(/=+$/, '')}`,
  ])('lets in %j', (authorization) => {
    expect(guard(request(authorization))).toBe(true);
  });

  it.each([
    undefined,
    '',
    'Basic',
    'Basic ',
    `Basic${right}`,
    `Bearer ${right}`,
    right,
    `Basic ${right}x`,
    `Basic x${right}`,
    `Basic ${right} ${right}`,
    `Basic ${right},`,
    `Basic ${base64('prometheus:a:b u')}`,
    `Basic ${base64('prometheus:a')}`,
    `Basic ${base64('prometheus')}`,
    `Basic ${base64('prometheus:')}`,
    `Basic ${base64(':a:b ü')}`,
    `Basic ${base64('Prometheus:a:b ü')}`,
    `Basic ${Buffer.from('prometheus:a:b ü', 'latin1').toString('base64')}`,
    'Basic ####',
    'Basic ====',
    'Basic prometheus:a:b ü',
    `Basic ${'A'.repeat(1_000_000)}`,
    `Basic ${' '.repeat(100_000)}x`,
    '\0\ufffd',
  ])('rejects a wrong or malformed header', (authorization) => {
    expect(guard(request(authorization))).toBe(false);
  });

  it('compares all bytes of a password that is longer than a hash', () => {
    const password = 'p'.repeat(10_000);
    const long = basicAuthGuard({ username: 'u', password });
    expect(long(request(`Basic ${base64(`u:${password}`)}`))).toBe(true);
    expect(long(request(`Basic ${base64(`u:${password}p`)}`))).toBe(false);
    expect(long(request(`Basic ${base64(`u:${password.slice(1)}q`)}`))).toBe(false);
  });

  it.each([
    { username: '', password: 'p' },
    { username: 'u', password: '' },
    { username: 'u:v', password: 'p' },
    { username: 'u', password: 'tell\nnobody' },
    { username: 'u', password: undefined as never },
    { username: undefined as never, password: 'p' },
    { username: 'u', password: 123 as never },
    {} as never,
  ])('is a startup error for %j', (credentials) => {
    expect(() => basicAuthGuard(credentials)).toThrow(PrometheusConfigError);
    expect(() => basicAuthGuard(credentials)).toThrow(/`basicAuthGuard\.(username|password)`/);
  });

  it('shows no password in an error', () => {
    const password = 'tell\u0000nobody';
    expect(() => basicAuthGuard({ username: 'u', password })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('nobody') }),
    );
  });
});

describe('bearerTokenGuard', () => {
  const guard = bearerTokenGuard('töken-1');

  it.each(['Bearer töken-1', 'bearer töken-1', 'Bearer  töken-1 '])('lets in %j', (given) => {
    expect(guard(request(given))).toBe(true);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearertöken-1',
    'Bearer töken-2',
    'Bearer töken-1 x',
    'Bearer töken',
    'Bearer Töken-1',
    'Basic töken-1',
    'töken-1',
    `Bearer ${'x'.repeat(1_000_000)}`,
  ])('rejects a wrong header', (authorization) => {
    expect(guard(request(authorization))).toBe(false);
  });

  it.each(['', ' ', 'a b', 'a\n', undefined as never, 5 as never])(
    'is a startup error for %j',
    (token) => {
      expect(() => bearerTokenGuard(token)).toThrow(/`bearerTokenGuard.token`/);
    },
  );
});

import { endpointOptions } from '../../../lib/options/endpoint-options.js';
import { optionPlace } from '../../../lib/options/place.js';
import { SERVER_OPTIONS } from '../../../lib/options/server-options.js';
import { resolveTable } from '../../../lib/options/table.js';
import { PrometheusConfigError } from '../../../lib/core/errors.js';

const resolveEndpointOptions = (given?: unknown): unknown =>
  endpointOptions(given, optionPlace('endpoint'));
const resolveServerOptions = (given: unknown): unknown =>
  resolveTable(SERVER_OPTIONS, given, optionPlace('server'));

describe('option endpoint', () => {
  it('has defaults', () => {
    expect(resolveEndpointOptions()).toEqual({
      maxRequestsInFlight: 5,
      timeoutSeconds: 5,
      collectTimeoutSeconds: 1,
      writeTimeoutSeconds: 10,
      maxBodyBytes: 268_435_456,
      compression: true,
    });
  });

  it.each([
    ['maxRequestsInFlight', [0, -1, 1.5, '5', NaN, Infinity, null]],
    ['timeoutSeconds', [0, -1, '5', NaN, Infinity, 86_401, null]],
    ['collectTimeoutSeconds', [0, -0.5, '1', NaN, Infinity]],
    ['writeTimeoutSeconds', [0, -1, '10', NaN, Infinity]],
    ['maxBodyBytes', [0, -1, 0.5, '1MB', NaN]],
    ['compression', ['yes', 1, null]],
  ])('rejects a wrong %s', (name, values) => {
    for (const value of values) {
      const resolve = (): unknown => resolveEndpointOptions({ [name]: value });
      expect(resolve).toThrow(PrometheusConfigError);
      expect(resolve).toThrow(`\`endpoint.${name}\` expects`);
    }
  });

  it('rejects names that it does not know', () => {
    const misspelt = { timeoutMs: 5 } as object;
    expect(() => resolveEndpointOptions(misspelt)).toThrow(/`timeoutSeconds`.*got 'timeoutMs'/);
    expect(() => resolveEndpointOptions(null)).toThrow('`endpoint` expects an object');
    expect(() => resolveEndpointOptions(5)).toThrow('`endpoint` expects an object');
  });
});

describe('option server', () => {
  it('has defaults', () => {
    expect(resolveServerOptions({ port: 9464 })).toMatchObject({
      port: 9464,
      host: '0.0.0.0',
      path: '/metrics',
    });
  });

  it.each([
    [{}, 'server.port'],
    [{ port: '9464' }, 'server.port'],
    [{ port: 65_536 }, 'server.port'],
    [{ port: -1 }, 'server.port'],
    [{ port: 1, host: '' }, 'server.host'],
    [{ port: 1, host: 5 }, 'server.host'],
    [{ port: 1, path: '/a?b' }, 'server.path'],
    [{ port: 1, authorize: 'yes' }, 'server.authorize'],
    [{ port: 1, when: true }, 'server.when'],
    [{ port: 1, lingerSeconds: -1 }, 'server.lingerSeconds'],
    [{ port: 1, hots: 'x' }, 'server'],
    [{ port: 1, tls: 'x' }, 'server.tls'],
    [{ port: 1, tls: null }, 'server.tls'],
    [{ port: 1, tls: { key: '', cert: 'x' } }, 'server.tls.key'],
    [{ port: 1, tls: { key: 'x' } }, 'server.tls.cert'],
    [{ port: 1, tls: { key: 'x', cert: 'x', ca: 'x' } }, 'server.tls'],
  ])('rejects %j', (given, option) => {
    expect(() => resolveServerOptions(given)).toThrow(PrometheusConfigError);
    expect(() => resolveServerOptions(given)).toThrow(`option \`${option}\` expects`);
  });

  it('shows no key in an error', () => {
    for (const tls of ['PRIVATE', { key: 'PRIVATE', cert: 5 }, { PRIVATE: 'PRIVATE KEY' }]) {
      expect(() => resolveServerOptions({ port: 1, tls })).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining("'PRIVATE KEY'") }),
      );
    }
  });
});

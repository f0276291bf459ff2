import { PrometheusConfigError } from '../core/errors.js';
import { checkedPath } from './checks.js';
import { checkedNames, type NamesOf } from './known-names.js';
import type { MetricsServerOptions, ResolvedServerOptions, TlsOptions } from './server-options.js';

/** Options of a server that code starts: it need not ask itself when. */
export const STARTED_SERVER_NAMES: NamesOf<Omit<MetricsServerOptions, 'when'>> = {
  port: true,
  host: true,
  path: true,
  tls: true,
  authorize: true,
};

const SERVER_NAMES: NamesOf<MetricsServerOptions> = { ...STARTED_SERVER_NAMES, when: true };

const TLS_NAMES: NamesOf<TlsOptions> = { key: true, cert: true };

/** @throws PrometheusConfigError that names the option, what it expects and what it got */
export function resolveServerOptions(
  given: MetricsServerOptions,
  option = 'server',
  names: NamesOf<object> = SERVER_NAMES,
): ResolvedServerOptions & Pick<MetricsServerOptions, 'when'> {
  checkedNames(option, given, names);
  const { port, host = '0.0.0.0', path = '/metrics', tls, authorize, when } = given;
  const fail = (name: string, expected: string, got: unknown): PrometheusConfigError =>
    PrometheusConfigError.option(`${option}.${name}`, expected, got);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw fail('port', 'a port from 0 to 65535, 0 being any free one', port);
  }
  if (typeof host !== 'string' || host === '') {
    throw fail('host', 'the address to listen on', host);
  }
  if (authorize !== undefined && typeof authorize !== 'function') {
    throw fail('authorize', 'a function of the request', authorize);
  }
  if (when !== undefined && typeof when !== 'function') {
    throw fail('when', 'a function that gives true or false', when);
  }
  if (tls !== undefined) checkTls(`${option}.tls`, tls);
  const resolved = { port, host, path: checkedPath(`${option}.path`, path), tls, authorize };
  return Object.freeze(when === undefined ? resolved : { ...resolved, when });
}

/** Names what is wrong without its value: it may be a private key. */
function checkTls(option: string, tls: TlsOptions): void {
  checkedNames(option, typeof tls === 'object' ? tls : typeof tls, TLS_NAMES);
  for (const name of ['key', 'cert'] as const) {
    const value: unknown = tls[name];
    const isUsable = (typeof value === 'string' || Buffer.isBuffer(value)) && value.length > 0;
    if (isUsable) continue;
    const got = value === '' ? '' : typeof value;
    throw PrometheusConfigError.option(`${option}.${name}`, 'PEM or the path of a file', got);
  }
}

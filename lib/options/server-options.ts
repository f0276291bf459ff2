import type { IncomingMessage } from 'node:http';
import { PrometheusConfigError } from '../prometheus.messages.js';
import { checkedNames, checkedPath } from './checks.js';

/** Key and certificate (chain) of a TLS server. */
export interface TlsOptions {
  /** PEM, or the path of a PEM file. A file is read again when it changes. */
  key: string | Buffer;
  /** PEM, or the path of a PEM file. A file is read again when it changes. */
  cert: string | Buffer;
}

/**
 * Decides whether a request to the metrics server is answered. Anything but `true` is a no: 401
 * with the `challenge` of a function that has one, as those of `basicAuthGuard()` and
 * `bearerTokenGuard()` have, otherwise 403. What it throws is logged, and the answer is 500.
 */
export interface Authorize {
  (request: IncomingMessage): boolean | Promise<boolean>;
  /** Value of the `WWW-Authenticate` header. */
  readonly challenge?: string;
}

/** Options of a metrics server beside its port. */
export interface HttpServerOptions {
  /** The address to listen on. @default '0.0.0.0' */
  host?: string;
  /** Where the metrics are served; other paths get 404. @default '/metrics' */
  path?: string;
  /** Serves HTTPS. @default none, HTTP */
  tls?: TlsOptions;
  /** Asked for each request to the path. @default everybody is answered */
  authorize?: Authorize;
}

/** A metrics server on a port of its own. */
export interface MetricsServerOptions extends HttpServerOptions {
  /** 0 for any free one, which the log tells. */
  port: number;
  /** Decides, when the application starts, whether this process has the server. @default always */
  when?: () => boolean | Promise<boolean>;
}

/** What a metrics server is started with, checked and complete. */
export interface ResolvedServerOptions {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly tls: Readonly<TlsOptions> | undefined;
  readonly authorize: Authorize | undefined;
}

const KNOWN: ReadonlySet<string> = new Set<keyof MetricsServerOptions>([
  'port',
  'host',
  'path',
  'tls',
  'authorize',
  'when',
]);

const KNOWN_OF_TLS: ReadonlySet<string> = new Set<keyof TlsOptions>(['key', 'cert']);

/** @throws PrometheusConfigError that names the option, what it expects and what it got */
export function resolveServerOptions(
  given: MetricsServerOptions,
  option = 'server',
): ResolvedServerOptions & Pick<MetricsServerOptions, 'when'> {
  checkedNames(option, given, KNOWN);
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
  checkedNames(option, typeof tls === 'object' ? tls : typeof tls, KNOWN_OF_TLS);
  for (const name of ['key', 'cert'] as const) {
    const value: unknown = tls[name];
    const isUsable = (typeof value === 'string' || Buffer.isBuffer(value)) && value.length > 0;
    if (isUsable) continue;
    const got = value === '' ? '' : typeof value;
    throw PrometheusConfigError.option(`${option}.${name}`, 'PEM or the path of a file', got);
  }
}

import type { IncomingMessage } from 'node:http';
import {
  functionOf,
  optional,
  path,
  PORT,
  required,
  SECONDS_OR_NONE,
  text,
  withDefault,
  type Check,
} from './checks.js';
import type { Place } from './place.js';
import {
  isPlainObject,
  resolveTable,
  type OptionTable,
  type Resolved,
  type Resolver,
} from './table.js';

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
  /**
   * Seconds that the server stays, at most, after the application has closed, until it was scraped
   * once more: a pod's last requests are seen. `app.close()` waits for it.
   *
   * @default 0
   */
  lingerSeconds?: number;
}

const PEM: Check<string | Buffer> = {
  expects: 'PEM or the path of a file',
  isRight: (value): value is string | Buffer =>
    (typeof value === 'string' || Buffer.isBuffer(value)) && value.length > 0,
};

const TLS_OPTIONS = {
  key: required(PEM),
  cert: required(PEM),
} satisfies OptionTable<TlsOptions>;

/** Names what is wrong without its value: it may be a private key. */
const tls: Resolver<Readonly<TlsOptions> | undefined> = (value, place) => {
  if (value === undefined) return undefined;
  if (!isPlainObject(value)) throw place.fail('an object with `key` and `cert`', typeof value);
  const secret = (name: string): Place => {
    const at = place.of(name);
    return { ...at, fail: (expected, got) => at.fail(expected, got === '' ? '' : typeof got) };
  };
  return resolveTable(TLS_OPTIONS, value, { ...place, of: secret });
};

/** Names, checks and defaults for a server that code starts: it need not ask itself when. */
export const STARTED_SERVER_OPTIONS = {
  port: required(PORT),
  host: withDefault(text('the address to listen on'), '0.0.0.0'),
  path: (value = '/metrics', place) => path(value, place),
  tls,
  authorize: optional(functionOf<Authorize>('a function of the request')),
} satisfies OptionTable<Omit<MetricsServerOptions, 'when' | 'lingerSeconds'>>;

/** Names, checks and defaults of option `server`. */
export const SERVER_OPTIONS = {
  ...STARTED_SERVER_OPTIONS,
  when: optional(
    functionOf<NonNullable<MetricsServerOptions['when']>>('a function that gives true or false'),
  ),
  lingerSeconds: withDefault(SECONDS_OR_NONE, 0),
} satisfies OptionTable<MetricsServerOptions>;

/** Option `server`, checked and complete. */
export type ServerSettings = Resolved<typeof SERVER_OPTIONS>;

/** What a metrics server is started with, checked and complete. */
export type ResolvedServerOptions = Resolved<typeof STARTED_SERVER_OPTIONS>;

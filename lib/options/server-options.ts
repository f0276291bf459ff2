import type { IncomingMessage } from 'node:http';

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

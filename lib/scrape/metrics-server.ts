/** Servers of the exposition alone, each on a port of its own. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CloseTime } from '../core/close-time.js';
import type { Part } from '../core/part.js';
import { pathOf } from '../core/request-target.js';
import { clearTimeout, setTimeout } from '../core/timers.js';
import type { ResolvedServerOptions, ServerSettings } from '../options/server-options.js';
import { errorText, PrometheusConfigError } from '../core/errors.js';
import type { MetricsResponder } from './metrics-responder.js';
import { ServerConnections } from './server-connections.js';
import { TlsFiles } from './tls-files.js';
import { writeMessage } from './write-message.js';

/** A metrics server that is listening. */
export interface RunningServer {
  /** The port that it listens on. */
  readonly port: number;
  /**
   * Closes it before the application does; waits for the scrapes that are being answered, but for
   * less than 5 s.
   */
  close(): Promise<void>;
}

/** What a metrics server tells of itself. */
export interface ServerLog {
  log(message: string): void;
  warn(message: string): void;
}

/** A scraper has nothing to send but a few headers. In milliseconds. */
const REQUEST_TIMEOUT = 10_000;

/** Longer than between two scrapes, so that they need no new connection. In milliseconds. */
const KEEP_ALIVE_TIMEOUT = 65_000;

/**
 * Serves the exposition, and nothing else, on a port of its own: other paths get 404, other methods
 * than GET and HEAD 405. It never keeps the process alive.
 */
export class MetricsServer {
  readonly port: number;
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly server: Server,
    private readonly connections: ServerConnections,
    private readonly files: TlsFiles | undefined,
  ) {
    this.port = (server.address() as AddressInfo).port;
  }

  /**
   * @throws PrometheusConfigError when the port cannot be listened on, because it is in use say, or
   *   the key pair is not usable
   */
  static async start(
    options: ResolvedServerOptions,
    responder: MetricsResponder,
    log: ServerLog,
  ): Promise<MetricsServer> {
    const files = options.tls === undefined ? undefined : new TlsFiles(options.tls);
    const server = await createFor(files, listener(options, responder));
    const connections = new ServerConnections(server);
    server.unref();
    await listen(server, options);
    server.on('error', (error) => log.warn(`Metrics server: ${errorText(error)}`));
    watchKeyPair(files, server, log);
    const started = new MetricsServer(server, connections, files);
    const scheme = files === undefined ? 'http' : 'https';
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    log.log(`Metrics are served on ${scheme}://${host}:${started.port}${options.path}`);
    return started;
  }

  /**
   * Waits until a scrape that comes from now on has been answered.
   *
   * @param milliseconds that it waits at most
   */
  scraped(milliseconds: number): Promise<void> {
    const { server } = this;
    return new Promise((resolve) => {
      const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
        if (request.method !== 'GET') return;
        response.on('finish', () => {
          if (response.statusCode === 200) end();
        });
      };
      const end = (): void => {
        clearTimeout(timer);
        server.off('request', onRequest);
        resolve();
      };
      // It keeps the process alive, which the server does not.
      const timer = setTimeout(end, milliseconds);
      server.on('request', onRequest);
    });
  }

  /**
   * Takes no more connections, waits for the scrapes that are being answered, and cuts off those
   * that take too long.
   *
   * @param time how long it may wait
   */
  close(time = new CloseTime()): Promise<void> {
    return (this.#closing ??= this.#close(time));
  }

  async #close(time: CloseTime): Promise<void> {
    this.files?.unwatch();
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    await this.connections.close(time.left);
    await closed;
  }
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

async function createFor(files: TlsFiles | undefined, onRequest: Listener): Promise<Server> {
  const options = {
    requestTimeout: REQUEST_TIMEOUT,
    headersTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
  };
  if (files === undefined) return createServer(options, onRequest);
  try {
    return createTlsServer({ ...options, ...(await files.read()) }, onRequest);
  } catch (error) {
    throw new PrometheusConfigError(
      `PrometheusModule: option \`server.tls\` expects a key and a certificate that fit, as PEM or as the paths of files (${errorText(error)})`,
    );
  }
}

function listen(server: Server, { port, host }: ResolvedServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'the port is in use' : errorText(error);
      reject(
        new PrometheusConfigError(
          `PrometheusModule: the metrics server cannot listen on host ${host}, port ${port}: ${reason}. Choose another \`server.port\`, or let \`server.when\` decide which process has it`,
        ),
      );
    });
    server.listen({ port, host }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function watchKeyPair(files: TlsFiles | undefined, server: Server, log: ServerLog): void {
  files?.watch(
    (pair) => {
      (server as unknown as { setSecureContext(pair: object): void }).setSecureContext(pair);
      log.log('Metrics server: the certificate was read again');
    },
    (error) =>
      log.warn(
        `Metrics server: the changed key or certificate cannot be used, the former stays (${errorText(error)})`,
      ),
  );
}

function listener(
  { path, authorize }: ResolvedServerOptions,
  responder: MetricsResponder,
): Listener {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (pathOf(request.url ?? '') !== path) {
      return writeMessage(request, response, 404, 'Not found.');
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return writeMessage(request, response, 405, 'Method not allowed.', { Allow: 'GET, HEAD' });
    }
    if (authorize !== undefined && (await authorize(request)) !== true) {
      const { challenge } = authorize;
      return challenge === undefined
        ? writeMessage(request, response, 403, 'Forbidden.')
        : writeMessage(request, response, 401, 'Unauthorized.', { 'WWW-Authenticate': challenge });
    }
    return responder.respond(request, response);
  };
  return (request, response) => {
    response.on('error', () => undefined);
    answer(request, response).catch((error: unknown) => {
      const message = `Metrics server: \`authorize\` failed: ${errorText(error)}`;
      responder.observer.failed('authorize', message);
      writeMessage(request, response, 500, 'The request could not be authorized.');
    });
  };
}

/** The metrics servers of one application. */
export class MetricsServers implements Part {
  readonly #running = new Set<MetricsServer>();
  /** The one of option `server`. */
  #own: MetricsServer | undefined;

  constructor(
    private readonly responder: MetricsResponder,
    private readonly log: ServerLog,
    private readonly option: ServerSettings | undefined,
  ) {}

  /** Opens the server of option `server`, when this process is to have it. */
  async start(): Promise<void> {
    const { option } = this;
    if (option === undefined) return;
    if (option.when === undefined || (await option.when())) this.#own = await this.#open(option);
  }

  /** @throws PrometheusConfigError when it cannot listen */
  async open(options: ResolvedServerOptions): Promise<RunningServer> {
    const server = await this.#open(options);
    return {
      port: server.port,
      close: () => {
        this.#running.delete(server);
        return server.close();
      },
    };
  }

  async #open(options: ResolvedServerOptions): Promise<MetricsServer> {
    const server = await MetricsServer.start(options, this.responder, this.log);
    this.#running.add(server);
    return server;
  }

  /** Closes them all; that of option `server` when it was scraped once more, if it is to wait. */
  async stop(time: CloseTime | undefined): Promise<void> {
    const servers = [...this.#running];
    this.#running.clear();
    await Promise.all(servers.map((server) => this.#close(server, time)));
  }

  async #close(server: MetricsServer, time: CloseTime | undefined): Promise<void> {
    const { lingerSeconds = 0 } = this.option ?? {};
    const lingers = server === this.#own && lingerSeconds > 0 && time !== undefined;
    if (!lingers) return server.close(time ?? new CloseTime(0));
    this.log.log(
      `The metrics are served until they are scraped once more, ${lingerSeconds} s at most`,
    );
    await server.scraped(lingerSeconds * 1000);
    await server.close();
  }
}

import type { Part } from '../core/part.js';
import type { MetricsServerOptions, ResolvedServerOptions } from '../options/server-options.js';
import type { MetricsResponder } from './metrics-responder.js';
import { MetricsServer, type ServerLog } from './metrics-server.js';

/** A metrics server that is listening. */
export interface RunningServer {
  /** The port that it listens on. */
  readonly port: number;
  /** Closes it before the application does; waits for the scrapes that are being answered. */
  close(): Promise<void>;
}

/** The server of option `server`. */
type ServerOption = ResolvedServerOptions & Pick<MetricsServerOptions, 'when'>;

/** The metrics servers of one application. */
export class MetricsServers implements Part {
  readonly #running = new Set<RunningServer>();

  constructor(
    private readonly responder: MetricsResponder,
    private readonly log: ServerLog,
    private readonly option: ServerOption | undefined,
  ) {}

  /** Opens the server of option `server`, when this process is to have it. */
  async start(): Promise<void> {
    const { option } = this;
    if (option === undefined) return;
    if (option.when === undefined || (await option.when())) await this.open(option);
  }

  /** @throws PrometheusConfigError when it cannot listen */
  async open(options: ResolvedServerOptions): Promise<RunningServer> {
    const server = await MetricsServer.start(options, this.responder, this.log);
    const running: RunningServer = {
      port: server.port,
      close: () => {
        this.#running.delete(running);
        return server.close();
      },
    };
    this.#running.add(running);
    return running;
  }

  /** Closes them all. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((server) => server.close()));
  }
}

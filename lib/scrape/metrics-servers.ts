import type { ResolvedServerOptions } from '../options/server-options.js';
import type { MetricsResponder } from './metrics-responder.js';
import { MetricsServer, type ServerLog } from './metrics-server.js';

/** A metrics server that is listening. */
export interface RunningServer {
  /** The port that it listens on. */
  readonly port: number;
  /** Closes it before the application does; waits for the scrapes that are being answered. */
  close(): Promise<void>;
}

/** The metrics servers of one application. */
export class MetricsServers {
  readonly #running = new Set<RunningServer>();

  constructor(
    private readonly responder: MetricsResponder,
    private readonly log: ServerLog,
  ) {}

  /** @throws PrometheusConfigError when it cannot listen */
  async start(options: ResolvedServerOptions): Promise<RunningServer> {
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
  async close(): Promise<void> {
    await Promise.all([...this.#running].map((server) => server.close()));
  }
}

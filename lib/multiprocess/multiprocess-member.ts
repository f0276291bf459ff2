import type { Part } from '../core/part.js';
import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
import type { AnyRegistry } from '../options/prometheus-options.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import { gaugeModeOf, type GaugeLike } from './gauge-mode.js';
import { troubleCounter, withCauses } from './multiprocess-metrics.js';
import { MultiprocessSource } from './multiprocess-source.js';
import type { ProcessWriter } from './process-writer.js';
import { acquireWriter, releaseWriter } from './shared-writers.js';
import { Troubles } from './trouble.js';

export interface MultiprocessMemberOptions {
  /** Shared with the other processes. It exists and can be written to. */
  readonly directory: string;
  /** Of the library's own metrics, with its `_`. */
  readonly prefix: string;
  /** What precedes the names of prom-client's process metrics. */
  readonly processPrefix: string;
}

/** The part that one application takes in the metrics of several processes. */
export class MultiprocessMember implements Part {
  /** The metrics of all processes. */
  readonly source: MultiprocessSource;
  readonly #writer: ProcessWriter;
  readonly #registry: AnyRegistry;
  readonly #directory: string;
  #isClosed = false;

  /** @param warn told once for each trouble with the directory */
  constructor(
    registry: OwnMetrics,
    { directory, prefix, processPrefix }: MultiprocessMemberOptions,
    warn: (message: string) => void,
  ) {
    const counter = withCauses(registry.use(troubleCounter(prefix)));
    const troubles = new Troubles((cause) => counter.labels([cause]).inc(), warn);
    const modeOf = (gauge: GaugeLike): MultiprocessMode => gaugeModeOf(gauge, processPrefix);
    this.#registry = registry.registry;
    this.#directory = directory;
    this.#writer = acquireWriter({ registry: this.#registry, directory, prefix, modeOf, troubles });
    this.source = new MultiprocessSource({ directory, writer: this.#writer, prefix, troubles });
  }

  /** Shows the values of this process to the others from now on. */
  start(): void {
    this.#writer.start();
    void this.source.tidy();
  }

  /** Writes the last values. To be called while the metrics are still on their registry. */
  async stop(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await releaseWriter(this.#registry, this.#directory);
    await this.source.idle();
  }
}

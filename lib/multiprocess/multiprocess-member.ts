import type { Part } from '../core/part.js';
import type { MultiprocessMode } from '../metrics/multiprocess-mode.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import { gaugeModeOf, type GaugeLike } from './gauge-mode.js';
import { MultiprocessSource } from './multiprocess-source.js';
import type { ProcessWriterOptions } from './process-writer.js';
import { sharedWriter, type SharedWriter } from './shared-writers.js';
import { troubleCounter, Troubles, withCauses } from './troubles.js';

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
  readonly #options: ProcessWriterOptions;
  readonly #writer: SharedWriter;
  #release: (() => Promise<void>) | undefined;

  /** @param warn told once for each trouble with the directory */
  constructor(
    registry: OwnMetrics,
    { directory, prefix, processPrefix }: MultiprocessMemberOptions,
    warn: (message: string) => void,
  ) {
    const counter = withCauses(registry.use(troubleCounter(prefix)));
    const troubles = new Troubles((cause) => counter.labels([cause]).inc(), warn);
    const modeOf = (gauge: GaugeLike): MultiprocessMode => gaugeModeOf(gauge, processPrefix);
    this.#options = { registry: registry.registry, directory, prefix, modeOf, troubles };
    this.#writer = sharedWriter(this.#options);
    const { writer } = this.#writer;
    this.source = new MultiprocessSource({ directory, writer, prefix, troubles });
  }

  /** Shows the values of this process to the others from now on. */
  start(): void {
    this.#release ??= this.#writer.take(this.#options);
    void this.source.tidy();
  }

  /** Writes the last values. To be called while the metrics are still on their registry. */
  async stop(): Promise<void> {
    const release = this.#release;
    this.#release = undefined;
    await (release === undefined ? this.#writer.closeUnused() : release());
    await this.source.idle();
  }
}

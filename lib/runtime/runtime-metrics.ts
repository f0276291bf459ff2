import type { EventEmitter } from 'node:events';
import type { Part } from '../core/part.js';
import { keptOn, Shared } from '../core/shared.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import { RuntimeCollector } from './runtime-collector.js';
import type { RuntimeSettings } from './runtime-families.js';

/** Tells whether an application listens already, and when it begins to. */
export interface ListeningServer extends EventEmitter {
  readonly listening: boolean;
}

/**
 * The metrics of the process and its runtime. Applications on one registry share them. A metric
 * whose name is taken, by prom-client's own say, is left alone.
 */
export class RuntimeMetrics implements Part {
  readonly #shared: Shared<RuntimeCollector> | undefined;
  readonly #serverOf: () => ListeningServer | undefined;
  #release: (() => void) | undefined;

  /**
   * @param settings `undefined` for none of the metrics
   * @param serverOf gives the server of the application, once there is one
   */
  constructor(
    metrics: OwnMetrics,
    settings: RuntimeSettings | undefined,
    serverOf: () => ListeningServer | undefined,
  ) {
    this.#serverOf = serverOf;
    if (settings === undefined) return;
    this.#shared = collectorOf(metrics.registry, settings);
    const collector = this.#shared.value;
    for (const metric of collector.families.all) {
      const there = metrics.find(metric.name) as { readonly metric?: unknown } | undefined;
      if (there !== undefined && there.metric !== metric) continue;
      metrics.use(metric, 'option `processMetrics`', collector);
    }
  }

  start(): void {
    if (this.#shared === undefined || this.#release !== undefined) return;
    const collector = this.#shared.value;
    collector.begin();
    this.#release = this.#shared.take();
    const server = this.#serverOf();
    if (server === undefined || server.listening) collector.noteReady();
    else server.once('listening', () => collector.noteReady());
  }

  stop(): void {
    this.#release?.();
    this.#release = undefined;
  }
}

/** The collector of a registry with these settings, which all its applications share. */
function collectorOf(registry: object, settings: RuntimeSettings): Shared<RuntimeCollector> {
  const collectors = keptOn(registry, 'runtime', () => new Map<string, Shared<RuntimeCollector>>());
  const key = JSON.stringify(settings);
  const known = collectors.get(key);
  if (known !== undefined) return known;
  const shared = new Shared(new RuntimeCollector(settings), (collector) => {
    collector.end();
    collectors.delete(key);
  });
  collectors.set(key, shared);
  return shared;
}

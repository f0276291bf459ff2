import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import type { Collector } from '../registry/collector-calls.js';
import { containerLimits } from './container-limits.js';
import { EventLoopLag } from './event-loop-lag.js';
import { GARBAGE_KINDS, onGarbageCollection } from './garbage-collections.js';
import { loopTime, processCpu, typesOfHandles, typesOfRequests } from './process-state.js';
import { processUsage } from './process-files.js';
import { RuntimeFamilies, type RuntimeSettings } from './runtime-families.js';

/** Brings the metrics of the process and its runtime up to date. */
export class RuntimeCollector implements Collector {
  readonly isOfProcess = true;
  readonly families: RuntimeFamilies;
  readonly #resolution: number;
  /** Collections that are under way, by reader: those who ask at the same time share one. */
  readonly #underWay = new Map<string, Promise<void>>();
  #lag: EventLoopLag | undefined;
  #readySeconds: number | undefined;
  #stopListening: (() => void) | undefined;

  constructor(settings: RuntimeSettings) {
    this.families = new RuntimeFamilies(settings);
    this.#resolution = settings.eventLoopMonitoringPrecision;
  }

  /** Does nothing while it is observing. */
  begin(): void {
    if (this.#lag !== undefined) return;
    this.#lag = new EventLoopLag(this.#resolution);
    const { families } = this;
    for (const kind of GARBAGE_KINDS) families.series('gcDuration', kind);
    this.#stopListening = onGarbageCollection((kind, seconds) =>
      families.series('gcDuration', kind).observe(seconds),
    );
  }

  end(): void {
    this.#stopListening?.();
    this.#lag?.end();
    this.#lag = undefined;
  }

  /** Notes that the application is ready: it listens, or needs not to. */
  noteReady(): void {
    this.#readySeconds ??= process.uptime();
  }

  collect(reader: string): Promise<void> {
    let collection = this.#underWay.get(reader);
    if (collection === undefined) {
      collection = this.#collect(reader).finally(() => this.#underWay.delete(reader));
      this.#underWay.set(reader, collection);
    }
    return collection;
  }

  async #collect(reader: string): Promise<void> {
    this.#readRuntime(reader);
    const [usage, limits] = await Promise.all([processUsage(), containerLimits()]);
    const { families } = this;
    families.set('residentMemory', usage.residentBytes ?? process.memoryUsage.rss());
    families.set('virtualMemory', usage.virtualBytes);
    families.set('dataMemory', usage.dataBytes);
    families.set('openDescriptors', usage.openDescriptors);
    families.set('maxDescriptors', usage.maxDescriptors);
    families.set('memoryLimit', limits.memoryBytes);
    families.set('cpuLimit', limits.cpuCores);
  }

  /** What can be read without waiting. */
  #readRuntime(reader: string): void {
    const { families } = this;
    const { user, system } = processCpu();
    families.advance('cpuUser', user);
    families.advance('cpuSystem', system);
    families.advance('cpu', user + system);
    const { active, idle } = loopTime();
    families.advance('loopTime', active, 'active');
    families.advance('loopTime', idle, 'idle');
    const [major = '', minor = '', patch = ''] = process.versions.node.split('.');
    families.set('version', 1, process.version, major, minor, patch);
    families.set('startTime', Math.round(Date.now() / 1000 - process.uptime()));
    families.set('readyTime', this.#readySeconds);
    this.#readLag(reader);
    families.setTypes('activeResources', 'activeResourcesTotal', process.getActiveResourcesInfo());
    families.setTypes('activeHandles', 'activeHandlesTotal', typesOfHandles());
    families.setTypes('activeRequests', 'activeRequestsTotal', typesOfRequests());
    this.#readHeap();
  }

  #readLag(reader: string): void {
    if (this.#lag === undefined) return;
    const { mean, min, max, deviation, p50, p90, p99 } = this.#lag.since(reader);
    const { families } = this;
    families.set('lag', mean);
    families.set('lagMean', mean);
    families.set('lagMin', min);
    families.set('lagMax', max);
    families.set('lagDeviation', deviation);
    families.set('lagP50', p50);
    families.set('lagP90', p90);
    families.set('lagP99', p99);
  }

  #readHeap(): void {
    const { families } = this;
    const heap = getHeapStatistics();
    families.set('heapTotal', heap.total_heap_size);
    families.set('heapUsed', heap.used_heap_size);
    families.set('heapLimit', heap.heap_size_limit);
    families.set('externalMemory', process.memoryUsage().external);
    for (const space of getHeapSpaceStatistics()) {
      // The name of V8 without what all of them have in common.
      const name = space.space_name.replace(/_space$/, '');
      families.set('spaceTotal', space.space_size, name);
      families.set('spaceUsed', space.space_used_size, name);
      families.set('spaceAvailable', space.space_available_size, name);
    }
  }
}

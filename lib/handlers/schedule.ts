import { randomUUID } from 'node:crypto';
import type { ModulesContainer } from '@nestjs/core';
import { CRON_OPTIONS, INTERVAL_OPTIONS, SCHEDULE_NAME } from '../nest/metadata.js';
import { findProviders } from '../nest/providers.js';
import type { GaugeMetric } from '../metrics/gauge.js';
import { keptOn } from '../core/shared.js';

/** What is asked of the `SchedulerRegistry` of `@nestjs/schedule`. */
interface SchedulerRegistry {
  getCronJobs(): ReadonlyMap<string, CronJob>;
  doesExist(type: 'interval', name: string): boolean;
  getInterval(name: string): unknown;
}

interface CronJob {
  readonly isActive?: boolean;
  /** The same in versions before 4 of `cron`. */
  readonly running?: boolean;
  /** A date of some library. */
  nextDate(): { valueOf(): number };
}

interface Scheduled {
  readonly labels: readonly string[];
  /** Milliseconds since the epoch; 0 for none. */
  nextRun(registry: SchedulerRegistry): number;
}

/** Knows when the scheduled handlers of one application run next. */
export class Schedule {
  readonly #scheduled: Scheduled[] = [];
  readonly #modules: ModulesContainer;
  #registry: SchedulerRegistry | undefined;
  #startedAt = 0;

  constructor(modules: ModulesContainer) {
    this.#modules = modules;
  }

  begin(): void {
    this.#startedAt = Date.now();
    [this.#registry] = findProviders(this.#modules, isSchedulerRegistry);
  }

  /**
   * Names the job of a cron method, as the scheduler does with those that have no name, and learns
   * the name.
   */
  addCron(method: Function, labels: readonly string[]): void {
    const names = new Set<string>();
    const options = Reflect.getMetadata(CRON_OPTIONS, method) as { readonly name?: string };
    const named = Object.defineProperty({ ...options }, 'name', {
      enumerable: true,
      get: () => {
        const name = options.name ?? randomUUID();
        names.add(name);
        return name;
      },
    });
    Reflect.defineMetadata(CRON_OPTIONS, named, method);
    this.#scheduled.push({ labels, nextRun: (registry) => nextCronRun(registry, names) });
  }

  /**
   * The same for an interval.
   *
   * @returns to be told when it runs
   */
  addInterval(method: Function, labels: readonly string[]): () => void {
    const given = Reflect.getMetadata(SCHEDULE_NAME, method) as string | undefined;
    const name = given ?? randomUUID();
    Reflect.defineMetadata(SCHEDULE_NAME, name, method);
    const { timeout } = Reflect.getMetadata(INTERVAL_OPTIONS, method) as { timeout: number };
    let ranAt = 0;
    const nextRun = (registry: SchedulerRegistry): number =>
      isRunning(registry, name) ? Math.max(ranAt, this.#startedAt) + timeout : 0;
    this.#scheduled.push({ labels, nextRun });
    return () => {
      ranAt = Date.now();
    };
  }

  /** Writes the next runs; of several handlers with the same labels, the earliest one. */
  write(gauge: GaugeMetric): void {
    const registry = this.#registry;
    const next = new Map<string, { labels: readonly string[]; run: number }>();
    for (const { labels, nextRun } of this.#scheduled) {
      const run = registry === undefined ? 0 : nextRun(registry);
      const key = labels.join('\n');
      const known = next.get(key)?.run ?? 0;
      if (known === 0 || (run > 0 && run < known)) next.set(key, { labels, run });
    }
    for (const { labels, run } of next.values()) gauge.labels(labels).set(run / 1000);
  }
}

/** The schedules of all applications that share a gauge. */
export function schedulesOn(gauge: GaugeMetric): Set<Schedule> {
  return keptOn(gauge, 'schedules', () => new Set<Schedule>());
}

function isSchedulerRegistry(instance: object): instance is SchedulerRegistry {
  const { getCronJobs, doesExist, getInterval } = instance as Partial<SchedulerRegistry>;
  return [getCronJobs, doesExist, getInterval].every((method) => typeof method === 'function');
}

function nextCronRun(registry: SchedulerRegistry, names: ReadonlySet<string>): number {
  for (const name of names) {
    const job = registry.getCronJobs().get(name);
    if (job === undefined || !(job.isActive ?? job.running ?? false)) continue;
    try {
      return job.nextDate().valueOf();
    } catch {
      // A date that has passed has no next one.
    }
  }
  return 0;
}

function isRunning(registry: SchedulerRegistry, name: string): boolean {
  if (!registry.doesExist('interval', name)) return false;
  // What `clearInterval()` leaves in the registry; Node has no other way to tell.
  return Reflect.get(registry.getInterval(name) as object, '_destroyed') !== true;
}

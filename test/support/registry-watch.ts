import { Counter, Gauge, Histogram, Summary } from 'prom-client';
import type { AnyRegistry } from '../../lib/options/prometheus-options.js';

/** Finds metrics that applications left on a registry when they were closed. */
export class RegistryWatch {
  readonly #before: ReadonlySet<unknown>;
  readonly #startup = new Set<unknown>();

  constructor(private readonly registry: AnyRegistry) {
    this.#before = new Set(registry.getMetricsAsArray());
  }

  /** Runs an application's start, and notes what it puts on the registry. */
  async during<T>(start: () => Promise<T>): Promise<T> {
    const before = new Set<unknown>(this.registry.getMetricsAsArray());
    try {
      return await start();
    } finally {
      for (const metric of this.registry.getMetricsAsArray()) {
        if (!before.has(metric)) this.#startup.add(metric);
      }
    }
  }

  /**
   * Names of metrics that are left: those that came while an application started, and later ones
   * that are not prom-client's own, and so not the test's.
   *
   * @param kept names that the test expects to stay
   */
  leftovers(kept: ReadonlySet<string>): string[] {
    return this.registry
      .getMetricsAsArray()
      .filter((metric) => !this.#before.has(metric) && !kept.has(metric.name))
      .filter((metric) => this.#startup.has(metric) || !isPromClients(metric))
      .map((metric) => metric.name);
  }
}

function isPromClients(metric: unknown): boolean {
  return [Counter, Gauge, Histogram, Summary].some((type) => metric instanceof type);
}

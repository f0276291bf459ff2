import type { AnyRegistry } from '../options/prometheus-options.js';

/**
 * Makes room on a prom-client registry for a metric named like a property that every object has,
 * `constructor` say. prom-client keeps its metrics in a plain object, where such a name seems taken
 * from the start, and `__proto__` would not be kept at all. Does nothing for any other name, and
 * for a registry that keeps its metrics otherwise. It can go when prom-client keeps them in a Map.
 */
export function freeInheritedName(registry: AnyRegistry, name: string): void {
  if (!(name in Object.prototype)) return;
  const { _metrics: metrics } = registry as { _metrics?: unknown };
  if (typeof metrics !== 'object' || metrics === null) return;
  if (Object.getPrototypeOf(metrics) === Object.prototype) Object.setPrototypeOf(metrics, null);
}

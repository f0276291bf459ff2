import { brand } from '../core/brands.js';
import { noteUse } from '../core/versions.js';
import { INTERCEPTORS } from '../nest/metadata.js';
import type { MetricSpec } from './metric-spec.js';

/** Metric specs, on a handler function or on a class. */
export const METRICS_METADATA = brand('metrics');

/** How far a handler or class is left out of the metrics. */
export const OPT_OUT_METADATA = brand('opt-out');

/** `default`: not in the default metrics. `all`: in no metric at all. */
export type OptOut = 'default' | 'all';

/** Everything that the decorators write. */
const OWN_KEYS = [METRICS_METADATA, OPT_OUT_METADATA, INTERCEPTORS];

/** The specs of a handler or class, those of the class's parents included. */
export function specsOf(target: object): readonly MetricSpec[] {
  return (Reflect.getMetadata(METRICS_METADATA, target) ?? []) as readonly MetricSpec[];
}

/** Adds a spec to those of a handler or class; a class starts with those of its parent. */
export function addSpec(target: object, spec: MetricSpec): void {
  noteUse(`Metric "${spec.name}"`);
  // Decorators run from the bottom up; their metrics are read from the top down.
  Reflect.defineMetadata(METRICS_METADATA, [spec, ...specsOf(target)], target);
}

/** The stronger opt-out of two given for one target stays. */
export function addOptOut(target: object, optOut: OptOut): void {
  if (Reflect.getMetadata(OPT_OUT_METADATA, target) === 'all') return;
  Reflect.defineMetadata(OPT_OUT_METADATA, optOut, target);
}

/** Whether a handler or class has an interceptor already. */
export function hasInterceptor(target: object, interceptor: Function): boolean {
  const bound = (Reflect.getMetadata(INTERCEPTORS, target) ?? []) as readonly unknown[];
  return bound.includes(interceptor);
}

/**
 * Repeats what was decorated on the function that a method has in the end. A decorator above ours
 * may replace the method by a function of its own without taking the metadata along; all decorators
 * of a class have run when the microtask does, and Nest has not looked at it yet.
 */
export function keepOnFinalMethod(
  prototype: object,
  name: string | symbol,
  decorated: Function,
): void {
  queueMicrotask(() => {
    const final: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
    if (typeof final !== 'function' || final === decorated) return;
    for (const key of OWN_KEYS) {
      const value: unknown = Reflect.getOwnMetadata(key, decorated);
      if (value === undefined) continue;
      const own: unknown = Reflect.getOwnMetadata(key, final);
      const isMerged = Array.isArray(own) && Array.isArray(value);
      const merged = isMerged ? [...new Set([...own, ...value])] : (own ?? value);
      Reflect.defineMetadata(key, merged, final);
    }
  });
}

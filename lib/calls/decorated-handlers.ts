import { METRICS_METADATA, OPT_OUT_METADATA } from '../decorators/metadata.js';
import type { MetricSpec } from '../decorators/metric-spec.js';
import { targetsOf, type DiscoveredClass } from '../nest/discovery.js';

/** A metric decorator and where it stands. */
export interface PlacedSpec {
  readonly spec: MetricSpec;
  /** `Class` or `Class.method`. */
  readonly place: string;
}

/** What the decorators of an application say. */
export interface DecoratedHandlers {
  readonly specs: readonly PlacedSpec[];
  /** Whether a controller, or a handler of one, is left out of the metrics. */
  readonly hasOptOuts: boolean;
}

/**
 * What the decorators of the given classes say.
 *
 * @param ignored a module whose classes do not count
 */
export function decoratedHandlers(
  classes: readonly DiscoveredClass[],
  ignored: unknown,
): DecoratedHandlers {
  const specs: PlacedSpec[] = [];
  let hasOptOuts = false;
  for (const found of classes) {
    if (found.module.metatype === ignored) continue;
    for (const target of targetsOf(found)) {
      const given = (Reflect.getMetadata(METRICS_METADATA, target) ?? []) as readonly MetricSpec[];
      for (const spec of given) specs.push({ spec, place: placeOf(found, target) });
      hasOptOuts ||= found.kind === 'controller' && Reflect.hasMetadata(OPT_OUT_METADATA, target);
    }
  }
  return { specs, hasOptOuts };
}

function placeOf({ type, methods }: DiscoveredClass, target: object): string {
  if (target === type) return type.name;
  const prototype = type.prototype as Record<string, unknown>;
  return `${type.name}.${methods.find((name) => prototype[name] === target)}`;
}

import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { METRICS_METADATA, OPT_OUT_METADATA } from '../decorators/metadata.js';
import type { MetricSpec } from '../decorators/metric-spec.js';

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
 * Looks through the controllers and providers of an application.
 *
 * @param ignored a module whose classes do not count
 */
export function decoratedHandlers(modules: ModulesContainer, ignored: unknown): DecoratedHandlers {
  const specs: PlacedSpec[] = [];
  let hasOptOuts = false;
  for (const module of modules.values()) {
    if (module.metatype === ignored) continue;
    for (const { metatype } of module.providers.values()) specs.push(...placedSpecs(metatype));
    for (const { metatype } of module.controllers.values()) {
      specs.push(...placedSpecs(metatype));
      hasOptOuts ||= targetsOf(metatype).some(({ target }) =>
        Reflect.hasMetadata(OPT_OUT_METADATA, target),
      );
    }
  }
  return { specs, hasOptOuts };
}

function placedSpecs(type: unknown): PlacedSpec[] {
  return targetsOf(type).flatMap(({ target, place }) =>
    ((Reflect.getMetadata(METRICS_METADATA, target) ?? []) as readonly MetricSpec[]).map(
      (spec) => ({ spec, place }),
    ),
  );
}

/** A class and its methods, inherited ones included. */
function targetsOf(type: unknown): { target: object; place: string }[] {
  if (typeof type !== 'function' || typeof type.prototype !== 'object') return [];
  const prototype = type.prototype as Record<string, unknown> | null;
  if (prototype === null) return [];
  const methods = new MetadataScanner().getAllMethodNames(prototype).map((name) => ({
    target: prototype[name] as object,
    place: `${type.name}.${name}`,
  }));
  return [{ target: type, place: type.name }, ...methods];
}

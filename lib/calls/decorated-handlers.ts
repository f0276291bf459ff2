import { METRICS_METADATA, OPT_OUT_METADATA, specsOf } from '../decorators/metadata.js';
import type { MetricSpec } from '../decorators/metric-spec.js';
import type { DiscoveredClass } from '../nest/discovery.js';

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
    for (const { target, name, keys } of found.targets) {
      if (keys.includes(METRICS_METADATA)) {
        const place = name === undefined ? found.type.name : `${found.type.name}.${name}`;
        for (const spec of specsOf(target)) specs.push({ spec, place });
      }
      hasOptOuts ||= found.kind === 'controller' && keys.includes(OPT_OUT_METADATA);
    }
  }
  return { specs, hasOptOuts };
}

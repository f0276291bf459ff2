import type { OptOuts } from '../calls/opt-outs.js';
import type { DiscoveredClass } from '../nest/discovery.js';
import { KINDS, type Kind } from './kinds.js';

/** A method that a package calls when something happens. */
export interface FoundHandler extends Omit<DiscoveredClass, 'kind' | 'methods'> {
  readonly kind: Kind;
  readonly name: string;
  /** `Class.method` */
  readonly label: string;
}

/** The handlers among the methods of classes that are in the default metrics. */
export function findHandlers(
  classes: readonly DiscoveredClass[],
  optOuts: OptOuts,
): FoundHandler[] {
  return classes.flatMap(({ type, methods, module, instance, isScoped }) =>
    methods.flatMap((name) => {
      const method = (type.prototype as Record<string, unknown>)[name];
      if (typeof method !== 'function') return [];
      const label = `${type.name}.${name}`;
      return KINDS.filter((kind) => kind.isHandler(method, name, type))
        .filter(() => optOuts.of(type, method) === 'none')
        .map((kind) => ({ kind, type, name, label, module, instance, isScoped }));
    }),
  );
}

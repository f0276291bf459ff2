import type { OptOuts } from '../calls/opt-outs.js';
import type { DiscoveredClass } from '../nest/discovery.js';
import { kindsOf, type Kind } from './kinds.js';

/** A method that a package calls when something happens. */
export interface FoundHandler extends Omit<DiscoveredClass, 'kind' | 'methods' | 'targets'> {
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
  const found: FoundHandler[] = [];
  for (const { type, targets, module, instance, isScoped } of classes) {
    for (const each of targets) {
      const { target, name } = each;
      if (name === undefined) continue;
      const kinds = kindsOf(each, type);
      if (kinds.length === 0 || optOuts.of(type, target) !== 'none') continue;
      const label = `${type.name}.${name}`;
      for (const kind of kinds) found.push({ kind, type, name, label, module, instance, isScoped });
    }
  }
  return found;
}

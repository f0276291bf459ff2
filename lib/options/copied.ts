/** How deep options are nested: an option, its own options, and what those hold (`tls`, `labels`). */
const DEEPEST = 4;

/**
 * A copy of options, so that what is changed in them later changes nothing. Plain objects and lists
 * are copied; what they hold is left as it is: functions, guards, registries.
 */
export function copied<T>(options: T, depth = 0): T {
  if (Array.isArray(options)) return [...(options as readonly unknown[])] as T;
  if (typeof options !== 'object' || options === null || depth === DEEPEST) return options;
  const prototype: unknown = Object.getPrototypeOf(options);
  if (prototype !== Object.prototype && prototype !== null) return options;
  const entries = Object.entries(options).map(([name, value]) => [name, copied(value, depth + 1)]);
  return Object.fromEntries(entries) as T;
}

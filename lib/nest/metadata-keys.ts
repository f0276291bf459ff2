const asyncFunction = async (): Promise<void> => {};

/** What functions inherit from, to which nobody adds metadata. */
const PLAIN: ReadonlySet<unknown> = new Set([
  Function.prototype,
  Object.getPrototypeOf(asyncFunction),
]);

/**
 * The keys of all metadata of a function. Most functions inherit none, and to ask what they inherit
 * from takes twice as long as all else.
 */
export function metadataKeysOf(target: Function): readonly unknown[] {
  return PLAIN.has(Object.getPrototypeOf(target))
    ? Reflect.getOwnMetadataKeys(target)
    : Reflect.getMetadataKeys(target);
}

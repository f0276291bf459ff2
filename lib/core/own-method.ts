/**
 * Gives an object a method of its own, which is not enumerated.
 *
 * @returns takes it off again, unless something else is in its place by then; `undefined` when the
 *   object is frozen
 */
export function giveMethod(
  target: object,
  name: string,
  method: Function,
): (() => void) | undefined {
  const own = Object.getOwnPropertyDescriptor(target, name);
  const property = { value: method, configurable: true, writable: true };
  if (!Reflect.defineProperty(target, name, property)) return undefined;
  return () => {
    if (Object.getOwnPropertyDescriptor(target, name)?.value !== method) return;
    if (own === undefined) Reflect.deleteProperty(target, name);
    else Reflect.defineProperty(target, name, own);
  };
}

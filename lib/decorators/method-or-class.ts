import { described } from '../core/errors.js';
import { keepOnFinalMethod } from './metadata.js';

/** What a decorator does. */
export interface Decoration {
  /** Marks the function that a method has, or a class. */
  mark(decorated: Function): void;
  /** Replaces a method before it is marked. */
  replaceMethod?(prototype: object, key: string | symbol, method: Function): Function;
  /** Changes a class after it was marked. */
  changeClass?(type: Function): void;
}

/**
 * A decorator for methods and classes.
 *
 * @param name of the decorator or its metric, for messages
 */
export function methodOrClassDecorator(
  name: string,
  decoration: Decoration,
): MethodDecorator & ClassDecorator {
  const decorate = (
    target: object,
    key?: string | symbol,
    descriptor?: PropertyDescriptor,
  ): void => {
    if (key === undefined) {
      if (typeof target !== 'function') throw notDecorated(name, target);
      decoration.mark(target);
      decoration.changeClass?.(target);
      return;
    }
    const method: unknown = descriptor?.value;
    const what = `${descriptor === undefined ? 'property' : 'accessor'} "${String(key)}"`;
    if (typeof target === 'function')
      throw notDecorated(name, `the static member "${String(key)}"`);
    if (descriptor === undefined || typeof method !== 'function') throw notDecorated(name, what);
    const decorated = decoration.replaceMethod?.(target, key, method) ?? method;
    descriptor.value = decorated;
    decoration.mark(decorated);
    keepOnFinalMethod(target, key, decorated);
  };
  return decorate as MethodDecorator & ClassDecorator;
}

function notDecorated(name: string, got: unknown): TypeError {
  const what = typeof got === 'string' ? got : described(got);
  return new TypeError(
    `${name}: expected to decorate a method of instances or a class, got ${what}`,
  );
}

import { described, PrometheusConfigError } from '../core/errors.js';
import { keepOnFinalMethod } from './metadata.js';

/**
 * A decorator for methods and classes, which does the same with either: with the function that the
 * method has, or with the class.
 *
 * @param name of the decorator or its metric, for messages
 */
export function methodOrClassDecorator(
  name: string,
  apply: (decorated: Function) => void,
): MethodDecorator & ClassDecorator {
  const decorate = (
    target: object,
    key?: string | symbol,
    descriptor?: PropertyDescriptor,
  ): void => {
    const decorated: unknown = descriptor === undefined ? target : descriptor.value;
    if (typeof decorated !== 'function') {
      throw new PrometheusConfigError(
        `${name}: expected to decorate a method or a class, got ${described(decorated)}`,
      );
    }
    apply(decorated);
    if (descriptor !== undefined) keepOnFinalMethod(target, key as string | symbol, decorated);
  };
  return decorate as MethodDecorator & ClassDecorator;
}

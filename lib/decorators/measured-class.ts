import { Inject, Optional } from '@nestjs/common';
import { METHOD_METER } from '../core/tokens.js';
import {
  makeLike,
  measuredMethod,
  measuredNameOf,
  METER,
  methodMeters,
  type Method,
  type MethodMeter,
} from './measured-method.js';

/** Methods that Nest calls when the application starts and ends. */
const LIFECYCLE_HOOKS = [
  'onModuleInit',
  'onModuleDestroy',
  'onApplicationBootstrap',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
];

/**
 * Measures a method of a class.
 *
 * @returns the method that the class has from now on
 */
export function measureMethod(prototype: object, name: string | symbol, method: Method): Method {
  injectMeter(prototype);
  if (measuredNameOf(method) !== undefined) return method;
  const measured = measuredMethod(method, name);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  Object.defineProperty(prototype, name, {
    configurable: true,
    writable: true,
    enumerable: descriptor?.enumerable ?? false,
    value: measured,
  });
  return measured;
}

/** Measures all public methods of a class but Nest's lifecycle hooks; inherited ones, too. */
export function measureClass(type: Function): void {
  const prototype = type.prototype as object;
  for (const { name, method, owner } of publicMethods(prototype)) {
    if (measuredNameOf(method) !== undefined) continue;
    measureMethod(prototype, name, owner === prototype ? method : inherited(prototype, name));
  }
}

/** Whether something is a class with a prototype of its own. */
function publicMethods(prototype: object): { name: string; method: Method; owner: object }[] {
  const found = new Map<string, { name: string; method: Method; owner: object }>();
  let owner: object | null = prototype;
  while (owner !== null && owner !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      const method: unknown = Object.getOwnPropertyDescriptor(owner, name)?.value;
      const isPublic = name !== 'constructor' && !LIFECYCLE_HOOKS.includes(name);
      if (typeof method !== 'function' || !isPublic || found.has(name)) continue;
      found.set(name, { name, method: method as Method, owner });
    }
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return [...found.values()];
}

/** Calls the method that the class would have without one of its own, whatever that is by then. */
function inherited(prototype: object, name: string): Method {
  const parent = (): Record<string, Method> => Object.getPrototypeOf(prototype) as never;
  const method: Method = function (...args) {
    return (parent()[name] as Method).apply(this, args);
  };
  makeLike(method, parent()[name] as Method);
  return method;
}

/**
 * Has Nest give each instance of the class the meter of the application that makes it. In an
 * application without the module, and without Nest, nothing is given.
 */
function injectMeter(prototype: object): void {
  if (METER in prototype) return;
  Object.defineProperty(prototype, METER, {
    configurable: true,
    get: () => undefined,
    set: keepMeter,
  });
  Inject(METHOD_METER)(prototype, METER);
  Optional()(prototype, METER);
}

/** Keeps the meter where nobody meets it who looks at the instance's properties. */
function keepMeter(this: object, meter: MethodMeter): void {
  const { genuine, found } = methodMeters();
  if (!genuine.has(meter)) return;
  const isKept = Reflect.defineProperty(this, METER, { value: meter, configurable: true });
  if (!isKept) found.set(this, meter);
}

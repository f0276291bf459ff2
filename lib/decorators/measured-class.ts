import { Inject, Optional } from '@nestjs/common';
import { Shared } from '../core/shared.js';
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

/**
 * Measures a method that no decorator stands on, for as long as an application wants it. Several
 * may want it at the same time.
 *
 * @param mark given the method that the class has meanwhile
 * @returns gives it back; with the last application, the class is as it was
 */
export function adoptMethod(
  type: Function,
  name: string,
  mark?: (method: Function) => unknown,
): () => void {
  const owner = ownerOf(type.prototype as object, name);
  const original = Object.getOwnPropertyDescriptor(owner, name) as PropertyDescriptor;
  const method = original.value as Method;
  const { adopted } = methodMeters();
  const known = adopted.get(method);
  if (known !== undefined) return known.take();
  if (measuredNameOf(method) !== undefined) return () => undefined;
  const measured = measuredMethod(method, name);
  mark?.(measured);
  const isInPlace = Reflect.defineProperty(owner, name, { ...original, value: measured });
  if (!isInPlace) return () => undefined;
  const takeMeter = injectMeter(type.prototype as object);
  const shared = new Shared(measured, () => {
    takeMeter();
    const isStillThere = Object.getOwnPropertyDescriptor(owner, name)?.value === measured;
    if (isStillThere) Object.defineProperty(owner, name, original);
  });
  adopted.set(measured, shared);
  return shared.take();
}

/** Measures all public methods of a class but Nest's lifecycle hooks; inherited ones, too. */
export function measureClass(type: Function): void {
  const prototype = type.prototype as object;
  for (const { name, method, owner } of publicMethods(prototype)) {
    if (measuredNameOf(method) !== undefined) continue;
    measureMethod(prototype, name, owner === prototype ? method : inherited(prototype, name));
  }
}

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
 *
 * @returns takes that off the class again
 */
function injectMeter(prototype: object): () => void {
  if (METER in prototype) return () => undefined;
  const type = prototype.constructor;
  const before = ownMetadata(type);
  Object.defineProperty(prototype, METER, {
    configurable: true,
    get: () => undefined,
    set: keepMeter,
  });
  Inject(METHOD_METER)(prototype, METER);
  Optional()(prototype, METER);
  const changed = [...ownMetadata(type)].filter(([key, value]) => before.get(key) !== value);
  return () => {
    Reflect.deleteProperty(prototype, METER);
    for (const [key] of changed) {
      if (before.has(key)) Reflect.defineMetadata(key, before.get(key), type);
      else Reflect.deleteMetadata(key, type);
    }
  };
}

/**
 * Gives an instance that Nest made before its class was measured what Nest gives to later ones.
 *
 * @returns takes it back
 */
export function giveMeter(instance: object, meter: MethodMeter): () => void {
  const isGiven = !Object.hasOwn(instance, METER) && Reflect.set(instance, METER, meter);
  return () => {
    if (isGiven) Reflect.deleteProperty(instance, METER);
  };
}

function ownMetadata(type: Function): Map<unknown, unknown> {
  const keys = Reflect.getOwnMetadataKeys(type) as unknown[];
  return new Map(keys.map((key) => [key, Reflect.getOwnMetadata(key, type) as unknown]));
}

/** The class in the chain that has the method. */
function ownerOf(prototype: object, name: string): object {
  let owner = prototype;
  while (!Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner) as object;
  return owner;
}

/** Keeps the meter where nobody meets it who looks at the instance's properties. */
function keepMeter(this: object, injected: Partial<MethodMeter> | null | undefined): void {
  const { genuine, found } = methodMeters();
  const meter = injected?.self;
  if (meter === undefined || !genuine.has(meter)) return;
  // Writable: Nest 10 injects into an instance of a request more than once.
  const property = { value: meter, configurable: true, writable: true };
  const isKept = Reflect.defineProperty(this, METER, property);
  if (!isKept) found.set(this, meter);
}

import { keptOn, type Shared } from '../core/shared.js';
import { BRAND } from '../core/brands.js';

/** Any method, as it is called. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Records the calls of one method of one class. Nothing that it does throws, but for `call`. */
export interface MethodRun {
  /** Whether it has to see the arguments: then `call` is called, and nothing else. */
  readonly seesArguments: boolean;
  /** A call begins. Gives what the end of the call is told. */
  begin(): number;
  /** The method has returned. The call goes on where the value is not complete yet. */
  returned(begun: number, value: unknown): void;
  /** The method has thrown. */
  threw(begun: number, error: unknown): void;
  /** Calls the method and records the call. Throws what the method throws. */
  call(target: object, method: Method, args: unknown[]): unknown;
}

/** Records the calls of methods for one application. What stands behind a measured method. */
export interface MethodMeter {
  /** The meter itself, where what is injected is a Proxy of it (option `instrument` of Nest). */
  readonly self: MethodMeter;
  /** `undefined` when there is nothing to record for calls of the method on this instance. */
  runOf(target: object, method: Function): MethodRun | undefined;
  /** Whether the application holds the instance. Asked for those that Nest did not make itself. */
  owns(instance: object): boolean;
}

/** The property under which an instance has the meter of the application that made it. */
export const METER = Symbol.for(`${BRAND}meter`);

/** What all copies of the library in a process share. */
class MethodMeters {
  /** Of applications that run. */
  readonly live = new Set<MethodMeter>();
  /** All that there are: a testing module may inject a mock in place of a meter. */
  readonly genuine = new WeakSet<object>();
  /** Instances that carry no meter: the one that was found for them, or when there was none. */
  readonly found = new WeakMap<object, MethodMeter | number>();
  /** Grows when instances may have come. */
  generation = 0;
  /** Under which names methods are measured. */
  readonly names = new WeakMap<Function, string | symbol>();
  /** Methods that are measured for applications, without a decorator. */
  readonly adopted = new WeakMap<Function, Shared<Method>>();
}

export function methodMeters(): MethodMeters {
  return keptOn(globalThis, 'method-meters', () => new MethodMeters());
}

/** Under which name a method is measured; `undefined` when it is not. */
export function measuredNameOf(method: unknown): string | symbol | undefined {
  if (typeof method !== 'function') return undefined;
  return methodMeters().names.get(method);
}

/**
 * A method that calls the given one, and has the call recorded by the application that made the
 * instance, if there is one. It looks like the original: its own properties, its name and length,
 * and the metadata that was on it.
 */
export function measuredMethod(original: Method, name: string | symbol): Method {
  // A shorthand method, because a method cannot be called with `new`.
  const { measured } = {
    measured(this: unknown) {
      const run = meterOf(this)?.runOf(this as object, measured);
      // `arguments` is passed on and never kept, so that optimized code makes no list of them.
      if (run === undefined) return original.apply(this, arguments as never);
      if (run.seesArguments) {
        return callWithArguments.apply({ run, target: this, original }, arguments as never);
      }
      const begun = run.begin();
      let value: unknown;
      try {
        value = original.apply(this, arguments as never);
      } catch (error) {
        run.threw(begun, error);
        throw error;
      }
      run.returned(begun, value);
      return value;
    },
  };
  makeLike(measured, original);
  methodMeters().names.set(measured, name);
  return measured;
}

interface CallWithArguments {
  readonly run: MethodRun;
  readonly target: unknown;
  readonly original: Method;
}

function callWithArguments(this: CallWithArguments, ...args: unknown[]): unknown {
  return this.run.call(this.target as object, this.original, args);
}

/** Gives a function the properties and the metadata of another one. */
export function makeLike(method: Function, original: Function): void {
  Object.setPrototypeOf(method, Object.getPrototypeOf(original) as object);
  for (const key of Reflect.ownKeys(original)) {
    if (key === 'prototype' || key === 'arguments' || key === 'caller') continue;
    const descriptor = Object.getOwnPropertyDescriptor(original, key) as PropertyDescriptor;
    Object.defineProperty(method, key, descriptor);
  }
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), method);
  }
}

function meterOf(target: unknown): MethodMeter | undefined {
  if (typeof target !== 'object' || target === null) return undefined;
  return (target as { [METER]?: MethodMeter })[METER]?.self ?? foundMeter(target);
}

/** Nest injects nothing into what a factory makes, or what is given as a value. */
function foundMeter(instance: object): MethodMeter | undefined {
  const { live, found, generation } = methodMeters();
  if (live.size === 0) return undefined;
  const known = found.get(instance);
  if (typeof known === 'object' && live.has(known)) return known;
  if (known === generation) return undefined;
  for (const meter of live) {
    if (!meter.owns(instance)) continue;
    found.set(instance, meter);
    return meter;
  }
  found.set(instance, generation);
  return undefined;
}

import type { Type } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { metadataKeysOf } from './metadata-keys.js';

/** A module as Nest holds it; its class is not exported. */
export type Module = ModulesContainer extends Map<string, infer M> ? M : never;

/** A class or a method of one: whatever a decorator may have been put on. */
export interface DecoratorTarget {
  readonly target: Function;
  /** Of the method; `undefined` for the class. */
  readonly name: string | undefined;
  /** The keys of its metadata: to ask for each of many keys takes far longer. */
  readonly keys: readonly unknown[];
}

/** A class of an application: of what Nest makes, or of what a factory makes, or of a value. */
export interface DiscoveredClass {
  readonly type: Type<unknown>;
  readonly kind: 'controller' | 'provider';
  /** The module that declares it. */
  readonly module: Module;
  /** An object of it, or what stands for one until a request is there. */
  readonly instance: unknown;
  /** Whether there is an object of it for each request; known when all objects are made. */
  readonly isScoped: () => boolean;
  /** Names of its methods, inherited ones included. */
  readonly methods: readonly string[];
  /** The class and its methods. */
  readonly targets: readonly DecoratorTarget[];
}

/** Looks once through all controllers and providers of an application. */
export function discover(modules: ModulesContainer): DiscoveredClass[] {
  // It remembers the methods of the prototypes that it has seen.
  const scanner = new MetadataScanner();
  const targets = new Map<Type<unknown>, readonly DecoratorTarget[]>();
  const found: DiscoveredClass[] = [];
  for (const module of modules.values()) {
    const add = (kind: DiscoveredClass['kind'], wrappers: Module['providers']): void => {
      for (const wrapper of wrappers.values()) {
        const { instance } = wrapper;
        const type = wrapper.isNotMetatype ? classOf(instance) : wrapper.metatype;
        if (wrapper.isAlias || !isClass(type)) continue;
        const methods = scanner.getAllMethodNames(type.prototype as object);
        const isScoped = (): boolean => !wrapper.isDependencyTreeStatic();
        const known = targets.get(type) ?? targetsOf(type, methods);
        targets.set(type, known);
        found.push({ type, kind, module, instance, isScoped, methods, targets: known });
      }
    };
    add('controller', module.controllers as Module['providers']);
    add('provider', module.providers);
  }
  return found;
}

/** The class of what a factory made, or of a value. */
function classOf(instance: unknown): unknown {
  if (typeof instance !== 'object' || instance === null) return undefined;
  try {
    return instance.constructor;
  } catch {
    // A proxy that lets nobody look at it, outside of a request say.
    return undefined;
  }
}

function isClass(type: unknown): type is Type<unknown> {
  if (typeof type !== 'function') return false;
  const prototype: unknown = type.prototype;
  return typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype;
}

function targetsOf(type: Type<unknown>, methods: readonly string[]): DecoratorTarget[] {
  const targets: DecoratorTarget[] = [
    { target: type, name: undefined, keys: metadataKeysOf(type) },
  ];
  const prototype = type.prototype as Record<string, unknown>;
  for (const name of methods) {
    const target = prototype[name];
    if (typeof target !== 'function') continue;
    targets.push({ target, name, keys: metadataKeysOf(target) });
  }
  return targets;
}

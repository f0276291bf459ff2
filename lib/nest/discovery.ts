import type { Type } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';

/** A module as Nest holds it; its class is not exported. */
export type Module = ModulesContainer extends Map<string, infer M> ? M : never;

/** A class of an application that Nest makes objects of. */
export interface DiscoveredClass {
  readonly type: Type<unknown>;
  readonly kind: 'controller' | 'provider';
  /** The module that declares it. */
  readonly module: Module;
  /** What Nest made of it, or what stands for it until a request is there. */
  readonly instance: unknown;
  /** Names of its methods, inherited ones included. */
  readonly methods: readonly string[];
}

/** Looks once through all controllers and providers of an application. */
export function discover(modules: ModulesContainer): DiscoveredClass[] {
  // It remembers the methods of the prototypes that it has seen.
  const scanner = new MetadataScanner();
  const found: DiscoveredClass[] = [];
  for (const module of modules.values()) {
    const add = (kind: DiscoveredClass['kind'], wrappers: Module['providers']): void => {
      for (const { metatype: type, instance } of wrappers.values()) {
        if (!isClass(type)) continue;
        const methods = scanner.getAllMethodNames(type.prototype as object);
        found.push({ type, kind, module, instance, methods });
      }
    };
    add('controller', module.controllers as Module['providers']);
    add('provider', module.providers);
  }
  return found;
}

/** A provider made by a factory or given as a value has a function there, or nothing. */
function isClass(type: unknown): type is Type<unknown> {
  return (
    typeof type === 'function' && typeof type.prototype === 'object' && type.prototype !== null
  );
}

/** The class and its methods: whatever a decorator may have been put on. */
export function targetsOf({ type, methods }: Pick<DiscoveredClass, 'type' | 'methods'>): object[] {
  const prototype = type.prototype as Record<string, unknown>;
  const functions = methods.map((name) => prototype[name]);
  return [type, ...functions.filter((method) => typeof method === 'function')];
}

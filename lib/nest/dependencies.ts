import type { InjectionToken, Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import {
  OPTIONAL_PARAMETERS,
  PARAMETER_TYPES,
  SELF_DECLARED_PARAMETERS,
  type SelfDeclaredParameter,
} from './metadata.js';

type Module = ModulesContainer extends Map<string, infer M> ? M : never;

/**
 * What the constructor of a class asks for and a module does not have, neither itself nor by what
 * it imports, global modules included. Nest names the module in its error, which is of no use where
 * that is one of the library's own.
 */
export function missingDependencies(type: Type<unknown>, module: Module): InjectionToken[] {
  const optional = metadata<number>(OPTIONAL_PARAMETERS, type);
  const tokens: unknown[] = [...metadata<unknown>(PARAMETER_TYPES, type)];
  for (const { index, param } of metadata<SelfDeclaredParameter>(SELF_DECLARED_PARAMETERS, type)) {
    tokens[index] = isForwardReference(param) ? param.forwardRef() : param;
  }
  return tokens.filter(
    (token, index): token is InjectionToken =>
      token !== undefined &&
      !optional.includes(index) &&
      !module.providers.has(token as InjectionToken) &&
      !isImported(token as InjectionToken, [...module.imports], new Set()),
  );
}

function metadata<T>(key: string, type: Type<unknown>): readonly T[] {
  return (Reflect.getMetadata(key, type) as readonly T[] | undefined) ?? [];
}

function isForwardReference(value: unknown): value is { forwardRef(): unknown } {
  return typeof (value as { forwardRef?: unknown } | null | undefined)?.forwardRef === 'function';
}

/** Whether one of the modules exports a provider, or exports a module that does. */
function isImported(token: InjectionToken, modules: readonly Module[], seen: Set<Module>): boolean {
  return modules.some((module) => {
    if (seen.has(module)) return false;
    seen.add(module);
    if (module.exports.has(token) && module.providers.has(token)) return true;
    const exported = [...module.imports].filter(({ metatype }) => module.exports.has(metatype));
    return isImported(token, exported, seen);
  });
}

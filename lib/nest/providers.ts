import type { ModulesContainer } from '@nestjs/core';

/** The objects of a kind among the providers of an application, each once. */
export function findProviders<T extends object>(
  modules: ModulesContainer,
  is: (instance: object) => instance is T,
): T[] {
  const found = new Set<T>();
  for (const { providers } of modules.values()) {
    for (const { instance } of providers.values()) {
      if (typeof instance !== 'object' || instance === null) continue;
      try {
        if (is(instance)) found.add(instance);
      } catch {
        // A proxy that lets nobody look at it, outside of a request say.
      }
    }
  }
  return [...found];
}

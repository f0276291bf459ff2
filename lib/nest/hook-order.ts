/**
 * The order in which Nest calls the hooks of modules: by their distance from the root when an
 * application starts, those of global modules first and those of the root module last, and the
 * other way round when it closes. It can go when hooks have an order that one can choose.
 */
import type { ModulesContainer } from '@nestjs/core';

/** Has the hooks of a module called after those of all others when the application starts. */
export function startLast(modules: ModulesContainer, type: unknown): void {
  setDistance(modules, type, -1);
}

/**
 * Has the hooks of a module called before those of all others when the application starts, and after
 * them when it closes: what other modules do in theirs is recorded.
 */
export function startFirstAndCloseLast(modules: ModulesContainer, type: unknown): void {
  setDistance(modules, type, Infinity);
}

function setDistance(modules: ModulesContainer, type: unknown, distance: number): void {
  for (const module of modules.values()) if (module.metatype === type) module.distance = distance;
}

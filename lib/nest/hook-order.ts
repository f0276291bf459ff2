/**
 * The order in which Nest calls the hooks of modules: by their distance from the root when an
 * application starts, those of global modules first and those of the root module last, and the
 * other way round when it closes. This can go when Nest has hooks for "has started" and "has closed".
 */
import type { ModulesContainer } from '@nestjs/core';

/** Has the hooks of a module called after those of all others when the application starts. */
export function startLast(modules: ModulesContainer, type: unknown): void {
  setDistance(modules, type, -1);
}

/** Has the hooks of a module called after those of all others when the application closes. */
export function closeLast(modules: ModulesContainer, type: unknown): void {
  setDistance(modules, type, Infinity);
}

function setDistance(modules: ModulesContainer, type: unknown, distance: number): void {
  for (const module of modules.values()) if (module.metatype === type) module.distance = distance;
}

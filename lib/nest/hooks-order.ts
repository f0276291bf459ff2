import type { ModulesContainer } from '@nestjs/core';
import { GIVEN_OPTIONS } from '../core/tokens.js';

/**
 * Has the hooks of the library's module called before those of all others when the application
 * starts, and after them when it ends: what other modules do in theirs is recorded.
 *
 * Nest sorts modules by their distance from the root, and global ones come first in the order in
 * which they were found. It can go when hooks have an order that one can choose.
 */
export function takeFirstHooks(modules: ModulesContainer): void {
  for (const module of modules.values()) {
    if (module.providers.has(GIVEN_OPTIONS)) module.distance = Infinity;
  }
}

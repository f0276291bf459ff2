import type { ModulesContainer } from '@nestjs/core';
import type { Type } from '@nestjs/common';
import { GIVEN_OPTIONS } from '../core/tokens.js';
import type { Module } from './discovery.js';

/**
 * Lets a module use an enhancer of the library's own module on its handlers, as if Nest had found
 * it on them when it looked through the modules.
 */
export function shareInjectable(
  modules: ModulesContainer,
  enhancer: Type<unknown>,
  module: Module,
): void {
  if (module.injectables.has(enhancer)) return;
  for (const { providers } of modules.values()) {
    const own = providers.has(GIVEN_OPTIONS) ? providers.get(enhancer) : undefined;
    if (own !== undefined) module.injectables.set(enhancer, own as never);
  }
}

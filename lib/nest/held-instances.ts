import type { ModulesContainer } from '@nestjs/core';

/**
 * The instances that the modules of an application hold by now: of classes, made by factories, or
 * given as values. Those of a request are not among them.
 */
export function heldInstances(modules: ModulesContainer): WeakSet<object> {
  const held = new WeakSet<object>();
  const hold = (instance: unknown): void => {
    if (typeof instance === 'object' && instance !== null) held.add(instance);
  };
  for (const { providers, controllers, injectables } of modules.values()) {
    for (const wrappers of [providers, controllers, injectables]) {
      for (const wrapper of wrappers.values()) {
        hold(wrapper.instance);
        for (const host of wrapper.getStaticTransientInstances()) hold(host?.instance);
      }
    }
  }
  return held;
}

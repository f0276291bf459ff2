import type { ExceptionFilter, Type } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { observeInPlace, type ExceptionListener } from './filter-observer.js';

/** The metadata key under which `@UseFilters()` keeps its filters. Nest does not export it. */
const FILTERS_METADATA = '__exceptionFilters__';

type BoundFilter = Type<unknown> | ExceptionFilter;

/** How Nest holds a provider: one instance, or one for each request or consumer. */
export interface FilterHolder {
  getInstanceByContextId(...args: never[]): { readonly instance?: unknown } | undefined;
}

/**
 * Observes the filters that controllers and their methods bind with `@UseFilters()`. They come
 * before the global filters, which therefore never see what one of them takes.
 *
 * Has to be called when the providers exist and before the routes are registered.
 */
export function observeBoundFilters(modules: ModulesContainer, listener: ExceptionListener): void {
  const holders = new Set<FilterHolder>();
  for (const { controllers, injectables } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== 'function') continue;
      for (const filter of boundFilters(metatype as Type<unknown>)) {
        const holder = typeof filter === 'function' ? injectables.get(filter) : undefined;
        if (holder !== undefined) holders.add(holder);
        else observeInPlace(filter, listener);
      }
    }
  }
  for (const holder of holders) observeHeld(holder, listener);
}

/**
 * Observes each instance that the holder gives out: also those of request-scoped filters, which
 * are made anew for each request.
 */
export function observeHeld(holder: FilterHolder, listener: ExceptionListener): void {
  const original = holder.getInstanceByContextId;
  holder.getInstanceByContextId = function (this: FilterHolder, ...args) {
    const held = original.apply(this, args);
    observeInPlace(held?.instance, listener);
    return held;
  };
}

/** Filters of the class and of its methods, inherited ones included. */
function boundFilters(controller: Type<unknown>): BoundFilter[] {
  const prototype = controller.prototype as Record<string, object>;
  const methods = new MetadataScanner().getAllMethodNames(prototype);
  const targets = [controller, ...methods.map((name) => prototype[name])];
  return targets.flatMap((target) =>
    target === undefined
      ? []
      : ((Reflect.getMetadata(FILTERS_METADATA, target) as BoundFilter[] | undefined) ?? []),
  );
}

import type { CanActivate, ExecutionContext, Type } from '@nestjs/common';
import { ContextIdFactory, type ModuleRef } from '@nestjs/core';
import { isObservable, lastValueFrom } from 'rxjs';
import type { GuardLike } from '../options/guards.js';
import { PrometheusConfigError } from '../core/errors.js';

/**
 * Turns the guards of the options into instances: the one that a module provides, or else one that
 * is made with what the library's module can inject, as `@UseGuards()` does.
 *
 * @throws PrometheusConfigError when a guard cannot be had; none is ever left out
 */
export function resolveGuards(
  guards: readonly GuardLike[],
  modules: ModuleRef,
): Promise<CanActivate[]> {
  return Promise.all(
    // An instance may be a function, too: those of `basicAuthGuard()` are.
    guards.map((guard) => ('canActivate' in guard ? guard : resolveGuard(guard, modules))),
  );
}

async function resolveGuard(guard: Type<CanActivate>, modules: ModuleRef): Promise<CanActivate> {
  const provided = await providedGuard(guard, modules);
  if (provided !== undefined) return provided;
  try {
    return await modules.create(guard);
  } catch (error) {
    throw PrometheusConfigError.option(
      'guards',
      `guards that can be resolved; make ${guard.name} a provider of an imported or global module (${String(error)})`,
      guard,
    );
  }
}

async function providedGuard(
  guard: Type<CanActivate>,
  modules: ModuleRef,
): Promise<CanActivate | undefined> {
  try {
    return modules.get(guard, { strict: false });
  } catch {
    // Not provided, or provided for a request at a time.
    return (await isResolvable(guard, modules)) ? new ScopedGuard(guard, modules) : undefined;
  }
}

async function isResolvable(guard: Type<CanActivate>, modules: ModuleRef): Promise<boolean> {
  try {
    await modules.resolve(guard, ContextIdFactory.create(), { strict: false });
    return true;
  } catch {
    return false;
  }
}

/** A request-scoped guard: an instance is resolved for each request. */
class ScopedGuard implements CanActivate {
  constructor(
    private readonly guard: Type<CanActivate>,
    private readonly modules: ModuleRef,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request: object = context.switchToHttp().getRequest();
    const contextId = ContextIdFactory.getByRequest(request);
    this.modules.registerRequestByContextId(request, contextId);
    const guard = await this.modules.resolve(this.guard, contextId, { strict: false });
    return allows(guard, context);
  }
}

/** What a guard decides, in whichever of the three forms it says so; nothing is a no, as in Nest. */
export async function allows(guard: CanActivate, context: ExecutionContext): Promise<boolean> {
  const verdict: unknown = guard.canActivate(context);
  return Boolean(isObservable(verdict) ? await lastValueFrom(verdict) : await verdict);
}

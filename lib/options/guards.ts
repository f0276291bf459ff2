import type { CanActivate, Type } from '@nestjs/common';
import type { Resolver } from './table.js';

/** A guard of the metrics endpoint: a class that Nest can resolve, or an instance. */
export type GuardLike = Type<CanActivate> | CanActivate;

/** A list of guards; `undefined` when it is left out. */
export const guards: Resolver<readonly GuardLike[] | undefined> = (value, place) => {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw place.fail('a list of guards', value);
  for (const guard of value) {
    const isGuard = [guard, guard?.prototype].some(
      (holder) => typeof holder?.canActivate === 'function',
    );
    if (!isGuard) {
      throw place.fail('guards: classes or instances with a `canActivate` method', guard);
    }
  }
  return Object.freeze([...(value as GuardLike[])]);
};

/** The same, with none when it is left out. */
export const guardsOrNone: Resolver<readonly GuardLike[]> = (value = [], place) =>
  guards(value, place) ?? [];

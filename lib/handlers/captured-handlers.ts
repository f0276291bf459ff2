import { giveMethod } from '../core/own-method.js';
import { makeLike, type Method } from '../decorators/measured-method.js';
import type { FoundHandler } from './found-handlers.js';

/** Calls the handler and records the call. */
export type Entry = (call: () => unknown, args: readonly unknown[]) => unknown;

/** How a handler is watched. */
export interface Capture {
  readonly entry: Entry;
  /** Changes what its package is told of the method. */
  prepare?(method: Function): void;
  /** Whether calls count that come before the application is initialized. */
  readonly isEarly: boolean;
}

/**
 * Handlers that a package takes from their instances while the application starts. Until it is
 * initialized an instance has a method of its own, which the package takes; then that is gone, and
 * whoever still calls it is the package. So the class stays as it is, and a call by the
 * application's own code is none.
 */
export class CapturedHandlers {
  readonly #restore: (() => void)[] = [];
  #isInitialized = false;
  #isOver = false;

  /** Has to be called before the package looks at the instance. */
  add({ instance, name }: FoundHandler, { entry, prepare, isEarly }: Capture): void {
    const holder = instance as Record<string, Method>;
    const original = holder[name] as Method;
    const isWatched = (): boolean => !this.#isOver && (isEarly || this.#isInitialized);
    const { taken } = {
      taken(this: unknown, ...args: unknown[]): unknown {
        const call = (): unknown => original.apply(this, args);
        return isWatched() ? entry(call, args) : call();
      },
    };
    makeLike(taken, original);
    prepare?.(taken);
    const restore = giveMethod(holder, name, taken);
    if (restore !== undefined) this.#restore.push(restore);
  }

  /** The packages have taken what they call. */
  begin(): void {
    this.#isInitialized = true;
    for (const restore of this.#restore.splice(0).toReversed()) restore();
  }

  end(): void {
    this.begin();
    this.#isOver = true;
  }
}

import { types } from 'node:util';
import { isObservable, Observable, tap, type Subscription, type TapObserver } from 'rxjs';
import { BRAND } from '../core/brands.js';
import { giveMethod } from '../core/own-method.js';

/** Told what becomes of a call's result. It throws nothing. */
export type ResultObserver = Pick<TapObserver<unknown>, 'next' | 'error' | 'finalize'>;

/**
 * Calls that wait for a subscription to one Observable that all of them returned. A call beyond
 * that is over at once: an Observable that nobody subscribes to holds no memory without end.
 */
const MOST_WAITING = 1000;

const WAITING = Symbol.for(`${BRAND}waiting-calls`);

type Watched = Observable<unknown> & { [WAITING]?: ResultObserver[] };

/**
 * Follows what a method returned until it is complete: a promise, an Observable, an async iterator.
 * Nothing is put in its place, as the caller has the very value; it is watched where it is.
 *
 * A thenable that is no promise is a value: calling its `then` may be what makes it begin.
 *
 * @param isDeep whether what a promise resolves to is followed, too
 */
export function followResult(value: unknown, observer: ResultObserver, isDeep = false): void {
  if (!follow(value, observer, isDeep)) end(observer, value);
}

/** Whether there may be more to come than the value itself. */
export function isIncomplete(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (types.isPromise(value)) return true;
  try {
    return isObservable(value) || isAsyncIterator(value);
  } catch {
    // A proxy that lets nobody look at it.
    return false;
  }
}

/** Whether the value can be followed. */
function follow(value: unknown, observer: ResultObserver, isDeep: boolean): boolean {
  if (!isIncomplete(value)) return false;
  if (types.isPromise(value)) return followPromise(value, observer, isDeep);
  if (isObservable(value)) return followObservable(value, observer);
  return followIterator(value as AsyncIterator<unknown>, observer);
}

function end(observer: ResultObserver, value: unknown): void {
  observer.next(value);
  observer.finalize();
}

function fail(observer: ResultObserver, error: unknown): void {
  observer.error(error);
  observer.finalize();
}

function followPromise(
  promise: Promise<unknown>,
  observer: ResultObserver,
  isDeep: boolean,
): boolean {
  whenSettled(
    promise,
    (value) => (isDeep ? followResult(value, observer, true) : end(observer, value)),
    (error) => fail(observer, error),
  );
  return true;
}

/** A promise's own `then` may be another one, which is nobody's to call. */
function whenSettled(
  promise: Promise<unknown>,
  onValue: (value: unknown) => void,
  onError: (error: unknown) => void,
): void {
  void Promise.prototype.then.call(promise, onValue, onError);
}

/** The call lasts as long as the first subscription. */
function followObservable(observable: Watched, observer: ResultObserver): boolean {
  const others = observable[WAITING];
  if (others !== undefined) return others.length < MOST_WAITING && others.push(observer) > 0;
  const waiting = [observer];
  const subscribe = observable.subscribe as (observer: unknown) => Subscription;
  const restore = giveMethod(observable, 'subscribe', function (this: unknown, ...args: unknown[]) {
    const next = waiting.shift() as ResultObserver;
    if (waiting.length === 0) {
      restore?.();
      delete observable[WAITING];
    }
    const source = new Observable((subscriber) => subscribe.call(this, subscriber));
    return source.pipe(tap(next)).subscribe(...(args as []));
  });
  if (restore === undefined) return false;
  Object.defineProperty(observable, WAITING, { value: waiting, configurable: true });
  return true;
}

function isAsyncIterator(value: object): boolean {
  const { next, [Symbol.asyncIterator]: iterator } = value as Partial<
    AsyncIterableIterator<unknown>
  >;
  return typeof next === 'function' && typeof iterator === 'function';
}

/** The call lasts until a step says that it was the last one, or fails, or nobody wants more. */
function followIterator(iterator: AsyncIterator<unknown>, observer: ResultObserver): boolean {
  let isOver = false;
  const onError = (error: unknown): void => {
    if (!isOver) fail(observer, error);
    isOver = true;
  };
  const onStep = (step: unknown): void => {
    if ((step as IteratorResult<unknown> | undefined)?.done !== true) return;
    if (!isOver) end(observer, iterator);
    isOver = true;
  };
  const watch = (name: 'next' | 'return' | 'throw'): boolean => {
    const method = iterator[name] as ((...args: unknown[]) => unknown) | undefined;
    if (typeof method !== 'function') return true;
    const watched = function (this: unknown, ...args: unknown[]): unknown {
      let step: unknown;
      try {
        step = method.apply(this, args);
      } catch (error) {
        onError(error);
        throw error;
      }
      if (types.isPromise(step)) whenSettled(step, onStep, onError);
      else onStep(step);
      return step;
    };
    return giveMethod(iterator, name, watched) !== undefined;
  };
  return watch('next') && watch('return') && watch('throw');
}

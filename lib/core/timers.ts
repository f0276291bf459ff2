/**
 * Node's timers, as they were when the library was loaded: tests of applications replace the global
 * ones (`jest.useFakeTimers()`, `vi.useFakeTimers()`), and nothing of the library's is to wait for
 * a clock that somebody has stopped.
 */
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';

export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = timers;

/** Resolves when the event loop has been round once. */
export const nextTurn: () => Promise<void> = timersPromises.setImmediate;

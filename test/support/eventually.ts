import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';

const INTERVAL_MS = 5;

/**
 * Runs an assertion until it holds, and gives what it returned.
 *
 * @param timeoutMs after which the last failure is thrown. @default 5000
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  timeoutMs = 5_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(INTERVAL_MS);
  }
}

/** Lets everything run that is due by now: promises, closed sockets' events, immediates. */
export async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await immediate();
}

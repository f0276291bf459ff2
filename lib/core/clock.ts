import { performance } from 'node:perf_hooks';

// An import of `node:process` would open standard input, and read all else that is on it.
const { hrtime, versions } = process;

/**
 * Milliseconds of a clock that never goes back, for differences between two readings. Its code is
 * small, so that an optimized caller takes it in, and a reading needs no memory.
 *
 * Before Node 24 `performance.now()` makes an object of each number; from then on the list that
 * `hrtime()` gives is made. Can go with Node 22.
 */
export const clock: () => number =
  Number.parseInt(versions.node, 10) < 24 ? readHrtime : () => performance.now();

function readHrtime(): number {
  const time = hrtime();
  return time[0] * 1e3 + time[1] / 1e6;
}

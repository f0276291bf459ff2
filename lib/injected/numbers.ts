import { format } from 'node:util';

/** The error that prom-client has for what is no number. */
export function noNumber(value: unknown, what = 'Value'): TypeError {
  return new TypeError(`${what} is not a valid number: ${format(value)}`);
}

/** Of a metric that has none, or of which none is set. */
export const NO_LABELS = Object.freeze({});

export function isLabels(given: unknown): given is object {
  return typeof given === 'object' && given !== null;
}

/** Begins to take the time. @returns gives the seconds since then */
export function stopwatch(): () => number {
  // Read from the process with each call, so that fake timers of a test are asked.
  const start = process.hrtime();
  return () => {
    const [seconds, nanoseconds] = process.hrtime(start);
    return seconds + nanoseconds / 1e9;
  };
}

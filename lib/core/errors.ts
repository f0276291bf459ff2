import { inspect } from 'node:util';
import { brand, isMarked } from './brands.js';

const CONFIG_ERROR = brand('config-error');

/**
 * Thrown while an application starts, never later: an option, a metric or a label of the library
 * is not what it has to be. The message names it, what is expected, and what was given.
 *
 * `instanceof` holds for errors of every copy of this version, loaded by `import` or by `require`.
 */
export class PrometheusConfigError extends Error {
  override readonly name = 'PrometheusConfigError';

  static {
    Object.defineProperty(this.prototype, CONFIG_ERROR, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === PrometheusConfigError
      ? isMarked(value, CONFIG_ERROR)
      : Function.prototype[Symbol.hasInstance].call(this, value);
  }

  /** @param hint follows what was given */
  static option(option: string, expected: string, got: unknown, hint = ''): PrometheusConfigError {
    return new PrometheusConfigError(
      `PrometheusModule: option \`${option}\` expects ${expected}, got ${described(got)}${hint}`,
    );
  }

  /** @param hint follows what was given */
  static metric(metric: string, expected: string, got: unknown, hint = ''): PrometheusConfigError {
    return new PrometheusConfigError(
      `Metric "${metric}": expected ${expected}, got ${described(got)}${hint}`,
    );
  }
}

/** A short text for any value, for messages. */
export function described(value: unknown): string {
  if (typeof value === 'function') {
    return value.name === '' ? 'an anonymous function' : `the function "${value.name}"`;
  }
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 80 });
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** A short text for whatever was thrown, for messages. */
export function errorText(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : described(error);
  } catch {
    return 'an error without a text';
  }
}

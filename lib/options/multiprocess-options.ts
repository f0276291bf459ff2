import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { described, errorText, PrometheusConfigError } from '../core/errors.js';
import type { Place } from './place.js';
import { isPlainObject, resolveTable, type OptionTable, type Resolver } from './table.js';

/** The environment variable that names the directory, the same as in Prometheus' Python client. */
export const MULTIPROCESS_VARIABLE = 'PROMETHEUS_MULTIPROC_DIR';

export interface MultiprocessOptions {
  /**
   * A directory that exists, is shared by the processes, and holds nothing else.
   *
   * @default the environment variable `PROMETHEUS_MULTIPROC_DIR`
   */
  directory?: string;
}

/** What the directory is, is known when both the option and the environment have been looked at. */
const MULTIPROCESS_OPTIONS = {
  directory: (value: unknown) => value,
} satisfies OptionTable<MultiprocessOptions>;

/** The directory that option `multiprocess` names, absolute; `undefined` when the option is off. */
export const multiprocess: Resolver<string | undefined> = (value = false, place) => {
  if (value === false) return undefined;
  if (value !== true && !isPlainObject(value)) {
    throw place.fail('true, false or { directory }', value);
  }
  return directoryOf('multiprocess', value === true ? {} : value, place);
};

/**
 * The directory that an object of these options names; see `checkedSharedDirectory()`.
 *
 * @throws PrometheusConfigError when there is no such directory, or it cannot be written to
 */
export function directoryOf(option: string, value: unknown, place: Place): string {
  return checkedSharedDirectory(option, resolveTable(MULTIPROCESS_OPTIONS, value, place).directory);
}

/**
 * @param option by which the user can say it, for messages
 * @param directory what the user said. @default the environment variable
 */
export function checkedSharedDirectory(option: string, directory: unknown): string {
  const given = directory ?? process.env[MULTIPROCESS_VARIABLE];
  const fail = (reason: string): PrometheusConfigError =>
    new PrometheusConfigError(
      `PrometheusModule: option \`${option}\` expects a directory that exists and can be written to, as \`${option}.directory\` or in the environment variable ${MULTIPROCESS_VARIABLE}, got ${described(given)}${reason}`,
    );
  if (typeof given !== 'string' || given === '') throw fail('');
  const path = resolve(given);
  try {
    if (!statSync(path).isDirectory()) throw fail(', which is not a directory');
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof PrometheusConfigError) throw error;
    throw fail(` (${errorText(error)})`);
  }
  return path;
}

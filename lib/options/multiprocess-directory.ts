import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkedNames, type NamesOf } from './known-names.js';
import { described, errorText, PrometheusConfigError } from '../core/errors.js';

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

const NAMES: NamesOf<MultiprocessOptions> = { directory: true };

/**
 * The directory that the option `multiprocess` names.
 *
 * @returns an absolute path; `undefined` when the option is off
 * @throws PrometheusConfigError when there is no such directory, or it cannot be written to
 */
export function checkedMultiprocess(value: unknown): string | undefined {
  if (value === undefined || value === false) return undefined;
  const isOptions = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (value !== true && !isOptions) {
    throw PrometheusConfigError.option('multiprocess', 'true, false or { directory }', value);
  }
  return directoryOf('multiprocess', isOptions ? value : {});
}

/** The directory that an object of these options names; see `checkedSharedDirectory()`. */
export function directoryOf(option: string, value: MultiprocessOptions): string {
  checkedNames(option, value, NAMES);
  return checkedSharedDirectory(option, value.directory);
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

import { spawnSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

/**
 * Runs a program to its end.
 *
 * @param {string} command `npm` is found on every system
 * @param {string[]} args
 * @param {string} cwd
 * @param {{ node?: string, env?: Record<string, string> }} [options] the Node.js that npm scripts
 *   and what they start run with, by default this one
 * @returns {{ stdout: string, stderr: string }}
 * @throws Error with its output when it fails, or does not end within ten minutes
 */
export function run(command, args, cwd, { node, env } = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...environment(node), ...env },
    shell: command === 'npm' && process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 600_000,
  });
  if (status === 0) return { stdout, stderr };
  const end = error?.message ?? (signal === null ? `exit code ${status}` : `ended by ${signal}`);
  throw new Error(`${command} ${args.join(' ')}: ${end}\n${stdout ?? ''}${stderr ?? ''}`);
}

/**
 * What npm sets for its scripts must not reach the npm of another project.
 *
 * @param {string} [node] stands first in the path
 */
export function environment(node) {
  const entries = Object.entries(process.env);
  const env = Object.fromEntries(
    entries.filter(([name]) => !/^npm_|^NODE_OPTIONS$|^NODE$|^CI$/.test(name)),
  );
  if (node !== undefined) env.PATH = `${dirname(node)}${delimiter}${env.PATH ?? ''}`;
  return env;
}

import { spawnSync } from 'node:child_process';

/**
 * Runs a program to its end.
 *
 * @param {string} command `npm` is found on every system
 * @param {string[]} args
 * @param {string} cwd
 * @returns {{ stdout: string, stderr: string }}
 * @throws Error with its output when it fails, or does not end within five minutes
 */
export function run(command, args, cwd) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: environment(),
    shell: command === 'npm' && process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
  });
  if (status === 0) return { stdout, stderr };
  const end = error?.message ?? (signal === null ? `exit code ${status}` : `ended by ${signal}`);
  throw new Error(`${command} ${args.join(' ')}: ${end}\n${stdout ?? ''}${stderr ?? ''}`);
}

/** What npm sets for its scripts must not reach the npm of another project. */
function environment() {
  const entries = Object.entries(process.env);
  return Object.fromEntries(
    entries.filter(([name]) => !/^npm_(package|lifecycle)_|^NODE_OPTIONS$/.test(name)),
  );
}

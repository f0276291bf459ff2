/**
 * The programs of the Prometheus project that judge what this library writes: the server, promtool
 * and the Python client's parsers.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Debian's packages that hold them. */
export const DEBIAN_PACKAGES = ['prometheus', 'python3-prometheus-client'];

/**
 * Whether a missing program fails the tests instead of skipping those that need it.
 *
 * @returns {boolean} true where `CI` is set to anything but `false` or `0`
 */
export function toolsAreRequired() {
  return !['', '0', 'false'].includes(process.env['CI'] ?? '');
}

/**
 * Looks the programs up; starts each once, briefly.
 *
 * @returns {{ prometheus: string | undefined, promtool: string | undefined,
 *   python: string | undefined, missing: string[] }} commands to run, and the names of those
 *   that are not there
 */
export function findRealTools() {
  const prometheus = firstThatRuns(['prometheus'], ['--version']);
  const promtool = firstThatRuns(['promtool'], ['--version']);
  // Debian's interpreter first: another `python3` in the path does not see Debian's packages.
  const python = firstThatRuns(
    ['/usr/bin/python3', 'python3', 'python'],
    ['-c', 'import prometheus_client.openmetrics.parser'],
  );
  const missing = [];
  if (prometheus === undefined) missing.push('prometheus');
  if (promtool === undefined) missing.push('promtool');
  if (python === undefined) missing.push('the Python package prometheus_client');
  return { prometheus, promtool, python, missing };
}

/**
 * Installs what is missing, as root on Debian and its relatives; does nothing elsewhere.
 *
 * @returns {string | undefined} why it was not possible
 */
export function installRealTools() {
  if (process.getuid?.() !== 0) return 'only root can install packages';
  if (!isDebian()) return 'this is not Debian';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return withoutStartingServices(() => {
    for (const args of [
      ['update'],
      ['install', '-y', '--no-install-recommends', ...DEBIAN_PACKAGES],
    ]) {
      const { status, error } = spawnSync('apt-get', ['-q', ...args], {
        env,
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      if (status !== 0)
        return `apt-get ${args[0]} failed (${error?.message ?? `exit code ${status}`})`;
    }
    return undefined;
  });
}

/** @param {string[]} commands @param {string[]} args */
function firstThatRuns(commands, args) {
  return commands.find((command) => {
    const { status } = spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 });
    return status === 0;
  });
}

function isDebian() {
  if (!existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/**
 * Debian starts a service when it installs one, unless `policy-rc.d` answers 101; see
 * https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
 *
 * @template T
 * @param {() => T} install
 * @returns {T}
 */
function withoutStartingServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return install();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return install();
  } finally {
    rmSync(policy, { force: true });
  }
}

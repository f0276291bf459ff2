/**
 * `npm run tools`: installs the real programs that tests run against, as root on Debian and its
 * relatives. Only what is missing is installed; what stays missing ends it with status 1.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describeTool, lookAgain, missingTools, packagesOf } from '../test/support/real-tools.mjs';

const wanted = missingTools();
const problem = wanted.length === 0 ? undefined : install(packagesOf(wanted));
lookAgain();
const missing = missingTools();
if (missing.length === 0) {
  console.log('All the real tools are there.');
} else {
  console.error(`Still missing (${problem ?? 'the packages did not bring them'}):`);
  for (const name of missing) console.error(`- ${describeTool(name)}`);
  process.exitCode = 1;
}

/**
 * @param {string[]} packages
 * @returns {string | undefined} why it was not possible
 */
function install(packages) {
  if (process.getuid?.() !== 0) {
    return `only root can install packages: apt-get install ${packages.join(' ')}`;
  }
  if (!isDebian()) return `this is not Debian; its packages are ${packages.join(' ')}`;
  return withoutStartingServices(
    () => aptGet(['update']) ?? aptGet(['install', '-y', '--no-install-recommends', ...packages]),
  );
}

/** @param {string[]} args */
function aptGet(args) {
  const { status, error } = spawnSync('apt-get', ['-q', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === 0) return undefined;
  return `apt-get ${args[0]} failed: ${error?.message ?? `exit code ${status}`}`;
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
 * @param {() => T} act
 * @returns {T}
 */
function withoutStartingServices(act) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return act();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return act();
  } finally {
    rmSync(policy, { force: true });
  }
}

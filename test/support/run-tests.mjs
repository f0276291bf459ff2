/**
 * `npm test`: sees to the programs that judge expositions, then runs Jest with the given arguments.
 *
 * @example
 * npm test -- test/unit
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import {
  DEBIAN_PACKAGES,
  findRealTools,
  installRealTools,
  toolsAreRequired,
} from './real-tools.mjs';

const warning = prepareTools();
if (warning !== undefined) console.warn(`${warning}\n`);
process.exitCode = await runJest(process.argv.slice(2));
if (warning !== undefined) console.warn(`\n${warning}`);

/** @returns {string | undefined} what the reader has to know about programs that are missing */
function prepareTools() {
  if (findRealTools().missing.length === 0) return undefined;
  const reason = installRealTools();
  const { missing } = findRealTools();
  if (missing.length === 0) return undefined;
  const effect = toolsAreRequired() ? 'fail, as CI is set' : 'are skipped';
  return (
    `Missing: ${missing.join(', ')}. Tests that need them ${effect}. They could not be ` +
    `installed: ${reason ?? 'apt-get did not bring them'}. Debian: apt-get install ${DEBIAN_PACKAGES.join(' ')}`
  );
}

/**
 * Native ESM under Jest needs a flag of Node.js. It is given as an argument, not in `NODE_OPTIONS`,
 * which the processes that tests start would inherit.
 *
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
function runJest(args) {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, jest, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

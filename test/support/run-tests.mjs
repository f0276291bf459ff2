/**
 * `npm test`: says which of the real tools are missing, then runs Jest with the given arguments.
 *
 * @example
 * npm test -- test/unit
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { describeTool, missingTools, toolsAreRequired } from './real-tools.mjs';

const warning = missingToolsWarning();
if (warning !== undefined) console.warn(`${warning}\n`);
process.exitCode = await runJest(process.argv.slice(2));
if (warning !== undefined) console.warn(`\n${warning}`);

function missingToolsWarning() {
  const missing = missingTools();
  if (missing.length === 0) return undefined;
  return [
    `Missing, and the tests that need them ${toolsAreRequired() ? 'fail, as CI is set' : 'are skipped'}:`,
    ...missing.map((name) => `- ${describeTool(name)}`),
    'On Debian and its relatives, `npm run tools` installs them, as root.',
  ].join('\n');
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
